/** Cull mode: a shoot moment by moment, made for the keys. */
import { defineView } from '../../app/view.ts';
import { Cull } from './Cull.tsx';

const Nothing = () => null;

export const view = defineView('cull', { Stage: Cull, Title: Nothing, Tools: null, Status: null, Inspector: null });
