/** How far a person's views agree with others, in shares of the five grades. */
import type { FeedbackAgreement } from '../../../shared/feedback.ts';
import { photosText } from '../../../shared/photo.ts';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export function Agreement({ agreement: { with: others, oneself } }: { agreement: FeedbackAgreement }) {
  const rows = [
    ...others.map(({ who, title, ...rest }) => ({ key: who, title, ...rest })),
    { key: 'oneself', title: 'Yourself, seen again', srcc: null, ...oneself },
  ];
  return (
    <table className="agreement">
      <thead>
        <tr>
          <th>You and…</th>
          <th>same grade</th>
          <th>at most one beside</th>
          <th>of</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, title, photos, same, near, srcc }) => (
          <tr key={key}>
            <th>
              {title}
              {srcc !== null && <span className="meta"> rank correlation {srcc.value.toFixed(2)}</span>}
            </th>
            <td>{same === null ? '–' : percent(same)}</td>
            <td>{near === null ? '–' : percent(near)}</td>
            <td className="meta">{photosText(photos)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
