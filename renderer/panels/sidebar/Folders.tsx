import { useState } from 'react';
import { useStore } from 'zustand';
import type { FolderNode } from '../../../shared/contract.ts';
import { ActionButton } from '../../app/ActionButton.tsx';
import { openSource } from '../../app/openSource.ts';
import type { Target } from '../../store/drag.ts';
import { useDropTarget, usePlaces } from '../../store/hooks.ts';
import { library, recall, remember, rescan, showView } from '../../store/stores.ts';
import { Menu } from '../../ui/Menu.tsx';
import { RemoveRoot } from '../folders/RemoveRoot.tsx';
import { Group } from './Group.tsx';
import { PlaceRow } from './PlaceRow.tsx';

const FOLDER_TARGET: Target = {
  accepts: () => false,
  drop: () => undefined,
  whyNot: (load) =>
    load.kind === 'photos'
      ? 'Photos stay in the folders that they are in: drop them onto an album, or export copies of them.'
      : 'Albums stand in their own list: a folder shows what is on the disk.',
};

/** The roots as one tree of folders, each with the photos in it and below. */
export function Folders() {
  const folders = usePlaces((places) => places.folders);
  const [open, setOpen] = useState<Record<string, boolean>>(() => recall('folders', {}));
  const children = Map.groupBy(folders, (folder) => folder.parentId);
  const roots = children.get(null) ?? [];
  const unfold = (id: number, expanded: boolean) => {
    setOpen((before) => {
      const now = { ...before, [id]: expanded };
      remember('folders', now);
      return now;
    });
  };
  return (
    <Group
      title="Folders"
      action={
        <span>
          <ActionButton action="view.import" iconOnly />
          <ActionButton action="app.addFolder" iconOnly />
        </span>
      }
    >
      <Branch nodes={roots} of={children} depth={0} open={open} onUnfold={unfold} />
    </Group>
  );
}

interface BranchProps {
  nodes: readonly FolderNode[];
  of: ReadonlyMap<number | null, FolderNode[]>;
  depth: number;
  open: Readonly<Record<string, boolean>>;
  onUnfold: (id: number, expanded: boolean) => void;
}

function Branch({ nodes, of, depth, open, onUnfold }: BranchProps) {
  return (
    <ul>
      {nodes.map((node) => {
        const inner = of.get(node.id) ?? [];
        // A root is unfolded until the person folds it.
        const expanded = inner.length === 0 ? undefined : (open[node.id] ?? depth === 0);
        return (
          <li key={node.id}>
            <FolderRow node={node} depth={depth} expanded={expanded} onUnfold={onUnfold} />
            {expanded === true && <Branch nodes={inner} of={of} depth={depth + 1} open={open} onUnfold={onUnfold} />}
          </li>
        );
      })}
    </ul>
  );
}

function FolderRow({
  node,
  depth,
  expanded,
  onUnfold,
}: {
  node: FolderNode;
  depth: number;
  expanded: boolean | undefined;
  onUnfold: (id: number, expanded: boolean) => void;
}) {
  const current = useStore(library, ({ query: { source } }) => source.kind === 'folder' && source.id === node.id);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const [removing, setRemoving] = useState(false);
  const { rootId } = node;
  const dropName = `folder-${node.id}`;
  useDropTarget(dropName, FOLDER_TARGET);
  return (
    <>
      <PlaceRow
        label={node.name}
        icon={node.state === 'offline' ? 'offline' : 'folder'}
        count={node.count}
        current={current}
        depth={depth}
        {...(node.state === 'offline' ? { note: 'offline' } : {})}
        {...(expanded === undefined ? {} : { expanded })}
        onExpand={(unfolded) => onUnfold(node.id, unfolded)}
        onOpen={() => openSource({ kind: 'folder', id: node.id })}
        onMenu={setMenu}
        dropName={dropName}
      />
      {menu !== null && (
        <Menu
          label={node.name}
          place={menu}
          onClose={() => setMenu(null)}
          items={[
            { label: 'Show its photos', onChoose: () => openSource({ kind: 'folder', id: node.id }) },
            ...(rootId === null
              ? []
              : [
                  {
                    label: 'Look for changes',
                    icon: 'refresh' as const,
                    onChoose: () => void rescan(rootId, `Looking for changes in ${node.name}`),
                  },
                  { kind: 'line' as const },
                  { label: 'Remove from the library …', tone: 'danger' as const, onChoose: () => setRemoving(true) },
                ]),
            { kind: 'line' },
            { label: 'All folders in settings', onChoose: () => showView('settings') },
          ]}
        />
      )}
      {removing && <RemoveRoot root={node} onClose={() => setRemoving(false)} />}
    </>
  );
}
