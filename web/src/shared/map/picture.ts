import { saveFile } from '../csv';
import { dateAndTime, distance } from '../formats';
import { token } from '../palette';
import { scaleBar } from '../scale';
import { sharedWords } from '../words';
import type { MapScene } from './scene';

/** A mark, line or colour of the map and what it means. */
export interface LegendMark {
  text: string;
  /** One colour, or those that stand side by side in it. */
  colour: string | readonly string[];
  kind: 'fill' | 'line' | 'mark';
  /** How thick a line is, and its dashes and gaps. */
  thick?: number;
  dashes?: readonly number[];
  /** The outline of a mark in a box of 16 × 16. */
  shape?: string;
}

export interface PictureNotes {
  title: string;
  /** One entry for each layer that is shown, or for each thing that its marks can say. */
  legend: readonly (string | LegendMark)[];
  madeBy?: string;
}

const BAND_PX = 44;
const GAP_PX = 12;

/** The map as a PNG with its title, legend, scale, north, time and maker: a sheet that stands by itself. */
export async function mapPicture(scene: MapScene, notes: PictureNotes): Promise<Blob> {
  const drawing = await drawnMap(scene);
  const ratio = devicePixelRatio;
  const [band, gap] = [BAND_PX * ratio, GAP_PX * ratio];
  const sheet = document.createElement('canvas');
  const context = sheet.getContext('2d');
  if (!context) throw new Error('this browser paints no canvas');
  const room = drawing.width - gap * 2;
  const head = headOf(context, notes, room, ratio);
  const rows = legendRows(context, notes.legend, room, ratio);
  const foot = head.height + drawing.height;
  sheet.width = drawing.width;
  sheet.height = foot + band + rows.length * LEGEND_ROW_PX * ratio;
  context.fillStyle = token('surface');
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.drawImage(drawing, 0, head.height);
  if (scene.above) context.drawImage(scene.above.canvas, 0, head.height, drawing.width, drawing.height);
  context.fillStyle = token('ink');
  context.textBaseline = 'middle';
  for (const { text, font, line } of head.lines) {
    context.font = font;
    context.textAlign = line === 'right' ? 'right' : 'left';
    const x = line === 'right' ? sheet.width - gap : gap;
    context.fillText(text, x, line === 'below' ? band - 2 * ratio : band / 2, room);
  }
  drawScale(context, scene, gap, foot + band / 2, ratio);
  context.textAlign = 'right';
  context.fillText(`${sharedWords().north}↑`, sheet.width - gap, foot + band / 2);
  drawLegend(context, rows, gap, foot + band, ratio);
  return new Promise((done, fail) =>
    sheet.toBlob(
      blob => (blob ? done(blob) : fail(new Error('the picture could not be written'))),
      'image/png',
    ),
  );
}

interface Head {
  height: number;
  lines: { text: string; font: string; line: 'left' | 'right' | 'below' }[];
}

/** The title, and who made it when: beside each other, or on a narrow sheet one below the other. */
function headOf(context: CanvasRenderingContext2D, notes: PictureNotes, room: number, ratio: number): Head {
  const { fontFamily } = getComputedStyle(document.body);
  const [large, small] = [`600 ${16 * ratio}px ${fontFamily}`, `400 ${12 * ratio}px ${fontFamily}`];
  const { title, madeBy } = notes;
  const t = sharedWords();
  const made = [t.pictureMadeAt(dateAndTime(Date.now())), madeBy && t.pictureMadeBy(madeBy)]
    .filter(Boolean)
    .join(' · ');
  context.font = large;
  const titleWide = context.measureText(title).width;
  context.font = small;
  const isNarrow = titleWide + context.measureText(made).width + GAP_PX * 2 * ratio > room;
  return {
    height: (BAND_PX + (isNarrow ? LEGEND_ROW_PX : 0)) * ratio,
    lines: [
      { text: title, font: large, line: 'left' },
      { text: made, font: small, line: isNarrow ? 'below' : 'right' },
    ],
  };
}

const LEGEND_ROW_PX = 22;
const SAMPLE_PX = 16;

interface PlacedMark {
  mark: LegendMark | null;
  text: string;
  x: number;
}

/** The legend broken into rows that fit the sheet. */
function legendRows(
  context: CanvasRenderingContext2D,
  legend: PictureNotes['legend'],
  width: number,
  ratio: number,
): PlacedMark[][] {
  const rows: PlacedMark[][] = [[]];
  let x = 0;
  for (const one of legend) {
    const [mark, text] = typeof one === 'string' ? [null, one] : [one, one.text];
    const sample = mark ? SAMPLE_PX * ratio + 6 * ratio : 0;
    const wide = context.measureText(text).width + sample + 16 * ratio;
    if (x > 0 && x + wide > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ mark, text, x });
    x += wide;
  }
  return rows;
}

function drawLegend(
  context: CanvasRenderingContext2D,
  rows: readonly PlacedMark[][],
  left: number,
  top: number,
  ratio: number,
): void {
  context.textAlign = 'left';
  for (const [place, row] of rows.entries()) {
    const middle = top + (place + 0.2) * LEGEND_ROW_PX * ratio;
    for (const { mark, text, x } of row) {
      if (mark) drawSample(context, mark, left + x, middle, ratio);
      context.fillStyle = token('ink');
      context.fillText(text, left + x + (mark ? (SAMPLE_PX + 6) * ratio : 0), middle);
    }
  }
}

function drawSample(
  context: CanvasRenderingContext2D,
  mark: LegendMark,
  x: number,
  middle: number,
  ratio: number,
): void {
  const { kind, thick = 4, dashes = [], shape } = mark;
  const colours = typeof mark.colour === 'string' ? [mark.colour] : mark.colour;
  context.save();
  context.translate(x, middle);
  context.scale(ratio, ratio);
  if (kind === 'mark') context.translate(0, -8);
  context.lineWidth = thick;
  context.setLineDash([...dashes]);
  const wide = SAMPLE_PX / colours.length;
  for (const [place, colour] of colours.entries()) {
    context.fillStyle = colour;
    context.strokeStyle = colour;
    if (kind === 'line') context.stroke(new Path2D(`M${place * wide} 0h${wide}`));
    else if (kind === 'fill') context.fillRect(place * wide, -6, wide, 12);
    else context.fill(new Path2D(shape));
  }
  context.restore();
}

/** The map's own canvas can be read only while it is being drawn. */
function drawnMap({ map }: MapScene): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    map.once('render', () => {
      const image = new Image();
      image.onload = () => done(image);
      image.onerror = () => fail(new Error('the map could not be read'));
      image.src = map.getCanvas().toDataURL('image/png');
    });
    map.triggerRepaint();
  });
}

function drawScale(
  context: CanvasRenderingContext2D,
  scene: MapScene,
  x: number,
  y: number,
  ratio: number,
): void {
  const { lat, zoom } = scene.view.value;
  const { metres, px } = scaleBar(lat, zoom);
  context.strokeStyle = token('ink');
  context.lineWidth = ratio;
  context.beginPath();
  context.moveTo(x, y - 4 * ratio);
  context.lineTo(x, y + 4 * ratio);
  context.lineTo(x + px * ratio, y + 4 * ratio);
  context.lineTo(x + px * ratio, y - 4 * ratio);
  context.stroke();
  context.textAlign = 'left';
  context.fillText(distance(metres), x + px * ratio + 8 * ratio, y);
}

/** Make the picture and hand it to the browser as a file. */
export async function savePicture(scene: MapScene, notes: PictureNotes): Promise<void> {
  const name = notes.title.replaceAll(/[\\/:*?"<>|]/g, ' ');
  saveFile(`${name}.png`, await mapPicture(scene, notes));
}

/** Print the same sheet: a living canvas would come out blank. */
export async function printPicture(scene: MapScene, notes: PictureNotes): Promise<void> {
  const image = new Image();
  image.className = 'print-sheet';
  image.alt = notes.title;
  const address = URL.createObjectURL(await mapPicture(scene, notes));
  image.src = address;
  await image.decode();
  document.body.append(image);
  addEventListener(
    'afterprint',
    () => {
      image.remove();
      URL.revokeObjectURL(address);
    },
    { once: true },
  );
  print();
}
