/** Copies elsewhere: on the left what is made, on the right what would happen, live. Nothing is written before the button. */
import { useEffect, useRef, useState } from 'react';
import {
  COLOR_SPACES,
  EXPORT_FORMATS,
  EXPORT_MODES,
  type ExportOptions,
  METADATA_KEPT,
  PATTERN_WORDS,
  patternProblem,
} from '../../../shared/export.ts';
import type { ExportPlanView } from '../../../shared/outward.ts';
import { useOutward } from '../../store/hooks.ts';
import { PRESETS } from '../../store/outward.ts';
import {
  closeOutward,
  dropPreset,
  keepPreset,
  lastOptions,
  listFolder,
  notify,
  notifyProblem,
  planExport,
  sentenceOf,
  startExport,
} from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Checkbox, Slider, TextField } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx';
import { NameDialog } from '../../ui/NameDialog.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { tip } from '../../ui/Tooltip.tsx';
import { ChooseFolder } from '../folders/ChooseFolder.tsx';
import { ExportPreview } from './ExportPreview.tsx';
import { many } from './words.ts';

const FORMAT_LABELS: Record<(typeof EXPORT_FORMATS)[number], string> = {
  original: 'Original',
  jpeg: 'JPEG',
  webp: 'WebP',
  avif: 'AVIF',
  tiff: 'TIFF',
};
const MODE_LABELS: Record<(typeof EXPORT_MODES)[number], string> = { copy: 'Copy', move: 'Move', link: 'Hard link' };
const COLOR_NAMES: Record<(typeof COLOR_SPACES)[number], string> = {
  srgb: 'sRGB',
  p3: 'Display P3',
  keep: 'As it is',
};
const METADATA_LABELS: Record<(typeof METADATA_KEPT)[number], string> = {
  all: 'All',
  copyright: 'Copyright only',
  none: 'None',
};
const optionsOf = <T extends string>(values: readonly T[], labels: Record<T, string>) =>
  values.map((value) => ({ value, label: labels[value] }));

/** A person stops typing for so long before the plan is made again. */
const CALM_MILLISECONDS = 250;

type Folder = { token: string; path: string };

export function ExportDialog({ ids }: { ids: readonly number[] }) {
  const [options, setOptions] = useState(lastOptions);
  const [folder, setFolder] = useState<Folder | null>(null);
  const [open, setOpen] = useState<'folder' | 'preset' | null>(null);
  const { plan, problem } = usePlan(ids, folder?.token ?? null, options);
  const change = (part: Partial<ExportOptions>) => setOptions((now) => ({ ...now, ...part }));
  const isOriginal = options.as === 'original';

  const start = async () => {
    if (folder === null) return;
    closeOutward();
    try {
      await startExport(ids, folder.token, options);
      notify(`Exporting ${many(ids.length, 'photo')} to ${folder.path}`);
    } catch (error) {
      notifyProblem(error);
    }
  };
  const choose = async (token: string) => {
    try {
      const { path } = await listFolder(token, 'none');
      setFolder({ token, path });
    } catch (error) {
      notifyProblem(error);
    }
  };

  return (
    <>
      <Dialog
        title={`Export ${many(ids.length, 'photo')}`}
        onClose={closeOutward}
        className="export-dialog"
        actions={
          <>
            <Presets options={options} onChoose={setOptions} onKeep={() => setOpen('preset')} />
            <Button tone="raised" onClick={closeOutward}>
              Cancel
            </Button>
            <Button
              tone="accent"
              disabled={folder === null || plan === null || problem !== null || plan.files === 0}
              onClick={() => void start()}
            >
              {`${MODE_LABELS[isOriginal ? options.mode : 'copy']} ${many(plan === null ? ids.length : plan.files - plan.skipped, plan === null ? 'photo' : 'file')}`}
            </Button>
          </>
        }
      >
        <div className="export-columns">
          <div className="export-form">
            <Row label="To">
              <span className="cut selectable export-folder">{folder?.path ?? 'No folder chosen yet'}</span>
              <Button tone="raised" icon="folder" data-first onClick={() => setOpen('folder')}>
                Choose…
              </Button>
            </Row>
            <PatternRow pattern={options.pattern} onChange={(pattern) => change({ pattern })} />
            <Row label="Form">
              <Segmented
                label="Form"
                options={optionsOf(EXPORT_FORMATS, FORMAT_LABELS)}
                value={options.as}
                onChange={(as) => change({ as, ...(as === 'original' ? {} : { mode: 'copy' }) })}
              />
            </Row>
            {isOriginal ? (
              <Originals options={options} change={change} />
            ) : (
              <Rendered options={options} change={change} />
            )}
            <Row label="Metadata">
              <Segmented
                label="Metadata"
                options={optionsOf(METADATA_KEPT, METADATA_LABELS).map((option) => ({
                  ...option,
                  disabled: isOriginal && options.mode !== 'copy' && option.value !== 'all',
                }))}
                value={options.metadata}
                onChange={(metadata) => change({ metadata })}
              />
            </Row>
            {(!isOriginal || options.mode === 'copy') && (
              <Row label="">
                <Checkbox checked={options.stripGps} onChange={(stripGps) => change({ stripGps })}>
                  Take out where it was taken
                </Checkbox>
              </Row>
            )}
          </div>
          <ExportPreview plan={plan} problem={problem} hasFolder={folder !== null} />
        </div>
      </Dialog>
      {open === 'folder' && (
        <ChooseFolder
          title="Export to"
          verb="Export to"
          words={() => 'Nothing in it is ever written over.'}
          onChoose={(token) => void choose(token)}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'preset' && (
        <NameDialog
          title="Keep as a preset"
          verb="Keep"
          initial=""
          onClose={() => setOpen(null)}
          onName={(name) => keepPreset({ name, options })}
        >
          Everything chosen here but the folder.
        </NameDialog>
      )}
    </>
  );
}

function usePlan(
  ids: readonly number[],
  folder: string | null,
  options: ExportOptions,
): { plan: ExportPlanView | null; problem: string | null } {
  const [plan, setPlan] = useState<ExportPlanView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const wrong = patternProblem(options.pattern);
  useEffect(() => {
    if (folder === null || wrong !== null) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      planExport(ids, folder, options, stop.signal).then(
        (found) => {
          if (stop.signal.aborted) return;
          setPlan(found);
          setProblem(null);
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setProblem(sentenceOf(error));
        },
      );
    }, CALM_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [ids, folder, options, wrong]);
  return { plan, problem: wrong ?? problem };
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="export-row">
      <span className="export-label">{label}</span>
      <div className="export-value">{children}</div>
    </div>
  );
}

/** The pattern, and its words to be put in where the caret stands. */
function PatternRow({ pattern, onChange }: { pattern: string; onChange: (pattern: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const put = (word: string) => {
    const at = input.current?.selectionStart ?? pattern.length;
    const end = input.current?.selectionEnd ?? at;
    onChange(`${pattern.slice(0, at)}{${word}}${pattern.slice(end)}`);
    input.current?.focus();
  };
  const items = (): MenuItem[] =>
    Object.entries(PATTERN_WORDS).map(([word, { about }]) => ({
      label: `{${word}}  ${about}`,
      onChoose: () => put(word === 'counter' ? 'counter:3' : word),
    }));
  return (
    <Row label="Names">
      <TextField label="Names" value={pattern} onChange={onChange} ref={input} className="export-pattern" />
      <MenuButton label="Insert a word" items={items} align="end" tooltip={tip('Words of a pattern')}>
        <Icon name="plus" />
      </MenuButton>
    </Row>
  );
}

type Part = { options: ExportOptions; change: (part: Partial<ExportOptions>) => void };

function Originals({ options, change }: Part) {
  return (
    <>
      <Row label="How">
        <Segmented
          label="How"
          options={optionsOf(EXPORT_MODES, MODE_LABELS)}
          value={options.mode}
          onChange={(mode) => change(mode === 'copy' ? { mode } : { mode, stripGps: false, metadata: 'all' })}
        />
      </Row>
      <Row label="">
        <Checkbox checked={options.partners} onChange={(partners) => change({ partners })}>
          RAW and JPEG together, with their sidecars
        </Checkbox>
      </Row>
      <Row label="">
        <Checkbox checked={options.views} onChange={(views) => change({ views })}>
          What you said of them, as a document
        </Checkbox>
      </Row>
    </>
  );
}

function Rendered({ options, change }: Part) {
  const number = (text: string, least: number) => {
    const value = Number(text.replace(/\D/g, ''));
    return value >= least ? value : null;
  };
  return (
    <>
      <Row label="Long edge">
        <NumberField
          label="Long edge in pixels"
          unit="px"
          placeholder="as it is"
          value={options.longEdge}
          onChange={(text) => change({ longEdge: number(text, 16) })}
        />
        <Checkbox checked={options.sharpen} onChange={(sharpen) => change({ sharpen })}>
          Sharpen
        </Checkbox>
      </Row>
      {options.as !== 'tiff' && (
        <Row label="Quality">
          <Slider
            label="Quality"
            min={30}
            max={100}
            value={options.quality}
            onChange={(quality) => change({ quality })}
          />
          <span className="count export-quality">{options.quality}</span>
          <NumberField
            label="At most so many kilobytes"
            unit="kB at most"
            placeholder="any"
            value={options.maxBytes === null ? null : Math.round(options.maxBytes / 1000)}
            onChange={(text) => {
              const kilobytes = number(text, 1);
              change({ maxBytes: kilobytes === null ? null : kilobytes * 1000 });
            }}
          />
        </Row>
      )}
      <Row label="Color">
        <Segmented
          label="Color"
          options={optionsOf(COLOR_SPACES, COLOR_NAMES)}
          value={options.color}
          onChange={(color) => change({ color })}
        />
      </Row>
      <Row label="Watermark">
        <TextField
          label="Watermark"
          value={options.watermark ?? ''}
          placeholder="none"
          onChange={(watermark) => change({ watermark: watermark === '' ? null : watermark })}
          className="export-pattern"
        />
      </Row>
    </>
  );
}

/** A number that may be left open; what is typed stays until the field is left. */
function NumberField({
  label,
  unit,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  unit: string;
  placeholder: string;
  value: number | null;
  onChange: (text: string) => void;
}) {
  const [text, setText] = useState<string | null>(null);
  return (
    <TextField
      label={label}
      className="export-number"
      inputMode="numeric"
      placeholder={placeholder}
      value={text ?? (value === null ? '' : `${value}`)}
      trailing={<span className="count">{unit}</span>}
      onBlur={() => setText(null)}
      onChange={(typed) => {
        setText(typed);
        onChange(typed);
      }}
    />
  );
}

function Presets({
  options,
  onChoose,
  onKeep,
}: {
  options: ExportOptions;
  onChoose: (options: ExportOptions) => void;
  onKeep: () => void;
}) {
  const own = useOutward((state) => state.presets);
  const same = (other: ExportOptions) => JSON.stringify(other) === JSON.stringify(options);
  const chosen = [...PRESETS, ...own].find((preset) => same(preset.options));
  const items = (): MenuItem[] => [
    ...PRESETS.map(({ name, options: given }) => ({
      label: name,
      checked: same(given),
      onChoose: () => onChoose(given),
    })),
    ...(own.length > 0 ? [{ kind: 'line' } as const] : []),
    ...own.map(({ name, options: given }) => ({ label: name, checked: same(given), onChoose: () => onChoose(given) })),
    { kind: 'line' },
    { label: 'Keep as a preset…', onChoose: onKeep },
    ...own
      .filter(({ name }) => name === chosen?.name)
      .map(({ name }) => ({ label: `Forget ${name}`, onChoose: () => dropPreset(name) })),
  ];
  return (
    <span className="export-presets">
      <MenuButton label={chosen?.name ?? 'Preset'} items={items} tooltip={tip('Presets')}>
        <span className="cut">{chosen?.name ?? 'Preset'}</span>
        <Icon name="down" size={12} />
      </MenuButton>
    </span>
  );
}
