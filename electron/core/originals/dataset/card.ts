/** What lies beside the data, for whoever trains on it: counts, where it came from, under which terms. */
import type { DatasetOptions, DatasetReport } from '../../../../shared/dataset.ts';

export function cardOf(
  report: DatasetReport,
  options: DatasetOptions,
  about: { people: readonly string[]; day: string; preferences: number },
): string {
  const people = about.people
    .map((name) => (name === '' ? 'somebody without a name in the settings' : name))
    .join(', ');
  const types = Object.entries(report.byType).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# Instruction data from views of photos',
    '',
    `Made by Keeplight on ${about.day} from ${report.views} views of ${report.pictures} pictures, given by ${people}.`,
    'Every answer is made of what these people said; no other model or critic was asked what it thinks.',
    options.qa === 'model'
      ? `Descriptions and reasons were worded anew by a model on the same machine where that said nothing new (${report.worded.kept} kept, ${report.worded.refused} as they were said).`
      : 'Questions and answers were made by rules.',
    '',
    '| | entries |',
    '|---|---|',
    `| train.json | ${report.train} (${report.shoots.train} shoots) |`,
    `| validation.json | ${report.validation} (${report.shoots.validation} shoots) |`,
    ...types.map(([type, count]) => `| ${type} | ${count} |`),
    `| yes-no: yes | ${report.yes} |`,
    `| yes-no: no | ${report.no} |`,
    ...(about.preferences === 0
      ? []
      : [
          `| preferences.json | ${about.preferences} |`,
          '',
          '`preferences.json`: of two frames of one moment the one that a person chose over the other, by flag, stars or by putting it on top (`better`, `worse`, `split`).',
        ]),
    '',
    `Split: ${options.split === 'none' ? 'none' : 'by shoot (a folder and a day; copies and frames of one moment stay on one side)'}. Seed ${options.seed}.`,
    'Form: LLaVA (`id`, `image`, `conversations`) with `type` and `qtype`. Pictures: 336 pixels along the longer edge, JPEG, without EXIF, place or profile.',
    '',
    `Licence: ${options.licence || 'none was given. Ask those who took the pictures and those who gave the views before you pass it on.'}`,
    '',
    `Consent: ${options.consent || 'nothing was said. People may be recognizable in the pictures: it has to be asked whether they agree to training.'}`,
    '',
  ].join('\n');
}
