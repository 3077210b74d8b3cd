/** Entry of the page: typeface, keys, connection, then the frame. */
import './store/no-peers.ts';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './ui/ui.css';
import { createRoot } from 'react-dom/client';
import { Frame } from './app/Frame.tsx';
import { listenToKeys } from './app/keys.ts';
import { AddFolder } from './panels/folders/AddFolder.tsx';
import { Outward } from './panels/outward/Outward.tsx';
import { Sidebar } from './panels/sidebar/Sidebar.tsx';
import { PICTURE_FRAGMENT } from './store/second-window.ts';
import { startPage, startPicture } from './store/stores.ts';
import { PictureWindow } from './views/picture/PictureWindow.tsx';
import { VIEW_REGISTRY } from './views/registry.ts';
import { Welcome } from './views/welcome/Welcome.tsx';

/** This is the window that shows the picture of the first one. */
const isSecond = window.location.hash === PICTURE_FRAGMENT;

/** Text drawn in another face would change its width later: the face is waited for, but never for long. */
const FACE_PATIENCE = 400;

async function draw(): Promise<void> {
  const faces = [document.fonts.load('13px "Inter Variable"'), document.fonts.load('600 13px "Inter Variable"')];
  await Promise.race([Promise.allSettled(faces), new Promise((resolve) => setTimeout(resolve, FACE_PATIENCE))]);
  const element = document.getElementById('page');
  if (element === null) throw new Error('The page has no element to draw in.');
  if (isSecond) {
    createRoot(element).render(<PictureWindow shown={startPicture()} />);
    return;
  }
  createRoot(element).render(
    <Frame views={VIEW_REGISTRY} Sidebar={Sidebar} FirstRun={Welcome} AddFolder={AddFolder} Outward={Outward} />,
  );
}

if (!isSecond) {
  listenToKeys();
  startPage();
}
void draw();
