/** The chosen photos tiled to fill the view. */
import { defineView } from '../../app/view.ts';
import { Inspector } from '../../panels/inspector/Inspector.tsx';
import { Survey } from './Survey.tsx';
import { SurveyTitle, SurveyTools } from './SurveyToolbar.tsx';

export const view = defineView('survey', {
  Stage: Survey,
  Title: SurveyTitle,
  Tools: SurveyTools,
  Status: null,
  Inspector,
});
