/** The grid: every photo of the place in rows. */
import { defineView } from '../../app/view.ts';
import { Inspector } from '../../panels/inspector/Inspector.tsx';
import { Grid } from './Grid.tsx';
import { GridTitle, GridTools } from './GridToolbar.tsx';
import { SizeSlider } from './SizeSlider.tsx';

export const view = defineView('grid', {
  Stage: Grid,
  Title: GridTitle,
  Tools: GridTools,
  Status: SizeSlider,
  Inspector,
});
