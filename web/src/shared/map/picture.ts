import { saveFile } from '../csv';
import { dateAndTime, distance } from '../formats';
import { token } from '../palette';
import { scaleBar } from '../scale';
import { sharedWords } from '../words';
import type { MapScene } from './scene';

export interface PictureNotes {
  title: string;
  /** One line for each layer that is shown. */
  legend: readonly string[];
  madeBy?: string;
}

/** The map as a PNG with its title, legend, scale, north, time and maker: a sheet that stands by itself. */
export async function mapPicture(scene: MapScene, notes: PictureNotes): Promise<Blob> {
  const drawing = await drawnMap(scene);
  const ratio = devicePixelRatio;
  const [band, gap] = [44 * ratio, 12 * ratio];
  const sheet = document.createElement('canvas');
  sheet.width = drawing.width;
  sheet.height = drawing.height + band * 2;
  const context = sheet.getContext('2d');
  if (!context) throw new Error('this browser paints no canvas');
  const font = getComputedStyle(document.body).fontFamily;
  context.fillStyle = token('surface');
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.drawImage(drawing, 0, band);
  context.fillStyle = token('ink');
  context.textBaseline = 'middle';
  context.font = `600 ${16 * ratio}px ${font}`;
  context.fillText(notes.title, gap, band / 2);
  context.font = `400 ${12 * ratio}px ${font}`;
  const t = sharedWords();
  const made = [t.pictureMadeAt(dateAndTime(Date.now())), notes.madeBy ? t.pictureMadeBy(notes.madeBy) : '']
    .filter(Boolean)
    .join(' · ');
  context.textAlign = 'right';
  context.fillText(made, sheet.width - gap, band / 2);
  drawScale(context, scene, gap, sheet.height - band / 2, ratio);
  context.textAlign = 'right';
  context.fillText(`${notes.legend.join(' · ')}   ${t.north}↑`, sheet.width - gap, sheet.height - band / 2);
  return new Promise((done, fail) =>
    sheet.toBlob(
      blob => (blob ? done(blob) : fail(new Error('the picture could not be written'))),
      'image/png',
    ),
  );
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
