/** A critique of a shoot as markup: the same for the page, for one file to send, and for print. */
import { LEVEL_LABELS } from './labels.ts';
import type { ReportPicture, ReportPlot, ShootReport } from './report.ts';

/** Address of a picture, or its bytes as a data URL; empty where there is none. */
export type PictureSource = (picture: ReportPicture, size: 'large' | 'small') => string;

/** A number keeps its unit beside it. */
const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`).replace(/(\d) (%|s\b|mm\b)/g, '$1&#160;$2');

const image = (picture: ReportPicture, size: 'large' | 'small', source: PictureSource): string => {
  const address = source(picture, size);
  return address === ''
    ? '<span class="none"></span>'
    : `<img src="${escaped(address)}" alt="${escaped(picture.caption ?? picture.name)}">`;
};

/** @returns elements for within `<article class="report">` */
export function reportMarkup(report: ShootReport, source: PictureSource): string {
  const { numbers, best, gallery, timeline, weaknesses, plots, next, levels } = report;
  const parts = [
    `<p class="quiet">${escaped(report.judgedBy)}</p><h1>${escaped(report.title)}</h1><p class="quiet">${escaped(report.summary)}</p>`,
  ];
  if (report.words !== null) {
    const { by, sentences, dropped } = report.words;
    const said = sentences.length === 0 ? 'It said nothing that its numbers bear out.' : sentences.join(' ');
    const left =
      dropped > 0 ? `, ${dropped} ${dropped === 1 ? 'sentence' : 'sentences'} without such numbers left out` : '';
    parts.push(
      `<p class="words">${escaped(said)}</p><p class="quiet small">${escaped(by)}; every number was compared with those of this report${left}.</p>`,
    );
  }
  if (numbers.length > 0) {
    parts.push(
      `<ul class="numbers">${numbers.map(({ value, label }) => `<li><b>${escaped(value)}</b><span class="quiet">${escaped(label)}</span></li>`).join('')}</ul>`,
    );
  }
  if (best.pictures.length > 0) {
    parts.push(
      `<h2>${escaped(best.title)}</h2><ul class="best">${best.pictures.map((picture) => `<li>${image(picture, 'large', source)}</li>`).join('')}</ul>`,
    );
  }
  if (gallery.length > 0) {
    parts.push(
      `<ul class="gallery">${gallery.map((picture) => `<li><figure>${image(picture, 'large', source)}<figcaption>${escaped(picture.caption ?? '')}</figcaption></figure></li>`).join('')}</ul>`,
    );
  }
  if (timeline !== null)
    parts.push(
      `<h2>${escaped(timeline.title)}</h2>${bars(timeline)}<p class="quiet small">${escaped(timeline.caption)}</p>`,
    );
  if (weaknesses.length > 0) {
    const rows = weaknesses.map(
      ({ count, title, detail, examples }) =>
        `<li><b class="count">${count.toLocaleString('en')}</b><div><p><b>${escaped(title)}</b></p><p class="quiet">${escaped(detail)}</p></div>` +
        `<div class="examples">${examples.map((picture) => image(picture, 'small', source)).join('')}</div></li>`,
    );
    parts.push(`<h2>What recurred</h2><ol class="recurred">${rows.join('')}</ol>`);
  } else if (report.version === 'full') {
    parts.push('<h2>What recurred</h2><p class="quiet">No fault was found in three frames or more.</p>');
  }
  if (report.answered.length > 0) {
    const rows = report.answered.map(
      ({ count, title, words, examples }) =>
        `<li><b class="count">${count.toLocaleString('en')}</b><div><p><b>${escaped(title)}</b></p>${words.map((word) => `<p class="quiet">“${escaped(word)}”</p>`).join('')}</div>` +
        `<div class="examples">${examples.map((picture) => image(picture, 'small', source)).join('')}</div></li>`,
    );
    parts.push(
      `<h2>What you answered</h2><p class="quiet small">These frames are not counted among the faults above.</p><ol class="recurred">${rows.join('')}</ol>`,
    );
  }
  const first = plots[0];
  const left = first === undefined ? '' : plotMarkup(first);
  const steps =
    next.length === 0
      ? ''
      : `<h2>${next.length === 1 ? 'One thing' : next.length === 2 ? 'Two things' : 'Three things'} next time</h2><ol class="next">${next.map(({ text, evidence }) => `<li>${escaped(text)} <span class="quiet">(${escaped(evidence)})</span></li>`).join('')}</ol>`;
  const grades = levels.some(({ count }) => count > 0) ? `<h2>Grades</h2>${levelMarkup(levels)}` : '';
  if (left !== '' || steps !== '' || grades !== '') {
    parts.push(`<div class="two"><section>${left}</section><section>${steps}${grades}</section></div>`);
  }
  if (plots.length > 1)
    parts.push(
      `<div class="three">${plots
        .slice(1)
        .map((plot) => `<section>${plotMarkup(plot)}</section>`)
        .join('')}</div>`,
    );
  return parts.join('\n');
}

function bars({ bars: list, from, to }: NonNullable<ShootReport['timeline']>): string {
  const most = Math.max(1, ...list.map(({ all }) => all));
  const width = 1000 / list.length;
  const rects = list.map(({ all, kept }, index) => {
    const bar = (count: number, name: string) =>
      count === 0
        ? ''
        : `<rect class="${name}" x="${(index * width + width * 0.08).toFixed(1)}" y="${(100 - (100 * count) / most).toFixed(1)}" width="${(width * 0.84).toFixed(1)}" height="${((100 * count) / most).toFixed(1)}"/>`;
    return bar(all, 'all') + bar(kept, 'kept');
  });
  return (
    `<svg class="bars" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Frames over time">${rects.join('')}</svg>` +
    `<p class="ends quiet small"><span>${escaped(from)}</span><span>${escaped(to)}</span></p>`
  );
}

function plotMarkup({ title, x, y, points, caption }: ReportPlot): string {
  const dots = points.map(
    (point) =>
      `<circle class="${point.isWeak ? 'kept' : 'all'}" cx="${(4 + point.x * 392).toFixed(1)}" cy="${(196 - point.y * 192).toFixed(1)}" r="2.6"/>`,
  );
  return (
    `<h2>${escaped(title)}</h2><p class="quiet small">${escaped(y[1])}</p>` +
    `<svg class="dots" viewBox="0 0 400 200" role="img" aria-label="${escaped(title)}">${dots.join('')}</svg>` +
    `<p class="ends quiet small"><span>${escaped(x[0])}</span><span>${escaped(y[0])}</span><span>${escaped(x[1])}</span></p>` +
    `<p class="quiet small">${escaped(caption)}</p>`
  );
}

function levelMarkup(levels: ShootReport['levels']): string {
  const most = Math.max(1, ...levels.map(({ count }) => count));
  const rows = levels.map(
    ({ level, count, kept }) =>
      `<li><span>${LEVEL_LABELS[level]}</span><svg viewBox="0 0 200 8" preserveAspectRatio="none" aria-hidden="true"><rect class="all" x="0" y="0" height="8" width="${((200 * count) / most).toFixed(1)}"/><rect class="kept" x="0" y="0" height="8" width="${((200 * kept) / most).toFixed(1)}"/></svg><span class="quiet">${count.toLocaleString('en')}</span></li>`,
  );
  return `<ul class="levels">${rows.join('')}</ul>`;
}

/** How it looks; the page and print give it their own tones by setting these. */
export const REPORT_STYLE = `
.report { --paper: #fbfbf9; --ink: #1b1b1d; --quiet: #5d5d63; --hair: #dcdcd8; --bar: #d9d9d6; --amber: #a86f00;
  background: var(--paper); color: var(--ink); font: 14px/1.5 Inter, "Inter Variable", system-ui, sans-serif;
  max-width: 1040px; margin: 0 auto; padding: 56px 72px 72px; box-sizing: border-box; font-variant-numeric: tabular-nums; }
.report * { box-sizing: border-box; }
.report h1 { font-size: 40px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; margin: 6px 0 10px; text-wrap: balance; }
.report h2 { font-size: 17px; line-height: 1.3; font-weight: 600; margin: 44px 0 12px; }
.report p { margin: 0; }
.report ul, .report ol { list-style: none; margin: 0; padding: 0; }
.report .words { font-size: 17px; line-height: 1.5; margin: 20px 0 4px; max-width: 62ch; }
.report .quiet { color: var(--quiet); }
.report .small { font-size: 12px; }
.report .numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 24px; margin-top: 32px; }
.report .numbers b { display: block; font-size: 28px; font-weight: 600; line-height: 1.3; }
.report .numbers span { display: block; font-size: 13px; line-height: 1.4; }
.report .best { display: grid; grid-template-columns: repeat(5, 1fr); gap: 8px; }
.report .best li { aspect-ratio: 3 / 2; overflow: hidden; background: var(--bar); }
.report .best img, .report .examples img { width: 100%; height: 100%; object-fit: cover; display: block; }
.report .gallery { columns: 3; column-gap: 12px; margin-top: 32px; }
.report .gallery li { break-inside: avoid; margin-bottom: 16px; }
.report .gallery figure { margin: 0; }
.report .gallery img { width: 100%; display: block; }
.report .gallery figcaption { font-size: 13px; color: var(--quiet); padding-top: 4px; }
.report svg { display: block; width: 100%; }
.report .bars { height: 96px; }
.report .all { fill: var(--bar); }
.report .kept { fill: var(--amber); }
.report .dots .all { fill: var(--quiet); opacity: 0.45; }
.report .dots .kept { opacity: 0.8; }
.report .dots { border-bottom: 1px solid var(--hair); border-left: 1px solid var(--hair); }
.report .ends { display: flex; justify-content: space-between; padding: 4px 0; }
.report .recurred li { display: grid; grid-template-columns: 44px minmax(0, 1fr) 240px; gap: 12px; align-items: center;
  border-top: 1px solid var(--hair); padding: 12px 0; break-inside: avoid; }
.report .recurred li:last-child { border-bottom: 1px solid var(--hair); }
.report .recurred .quiet + .quiet { margin-top: 2px; }
.report .count { font-size: 22px; font-weight: 600; text-align: right; }
.report .examples { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6px; }
.report .examples img, .report .examples .none { aspect-ratio: 3 / 2; background: var(--bar); }
.report .two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 48px; }
.report .three { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0 32px; }
.report .three h2 { font-size: 14px; }
.report .next { counter-reset: step; }
.report .next li { counter-increment: step; padding-left: 20px; position: relative; margin-bottom: 8px; }
.report .next li::before { content: counter(step) "."; position: absolute; left: 0; color: var(--quiet); }
.report .levels li { display: grid; grid-template-columns: 72px minmax(0, 1fr) 48px; gap: 12px; align-items: center; min-height: 24px; }
.report .levels .quiet { text-align: right; }
@media (max-width: 800px) {
  .report { padding: 32px 20px; }
  .report .numbers, .report .best { grid-template-columns: repeat(2, 1fr); }
  .report .two, .report .three { grid-template-columns: 1fr; }
  .report .recurred li { grid-template-columns: 44px minmax(0, 1fr); }
  .report .examples { grid-column: 2; }
  .report .gallery { columns: 1; }
}
@media print { .report { max-width: none; padding: 0; background: none; } .report .two, .report .three, .report .best { break-inside: avoid; } }
`;
