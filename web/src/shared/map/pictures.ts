import type { Map as MapLibre } from 'maplibre-gl';
import { MARK_SHAPES, MARK_STATES } from '../case_states';
import { token } from '../palette';

/** The pictures that the map draws with, painted in the colours of the theme. */

const RATIO = 2;

function paint(size: number, draw: (context: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = size * RATIO;
  canvas.height = size * RATIO;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser paints no canvas');
  context.scale(RATIO, RATIO);
  draw(context);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** A state's shape with an edge in the ground's colour, so that it stands off whatever lies beneath. */
function mark(colour: string, edge: string, shape: string): ImageData {
  return paint(22, context => {
    context.translate(3, 3);
    const path = new Path2D(shape);
    context.lineJoin = 'round';
    context.lineWidth = 3;
    context.strokeStyle = edge;
    context.stroke(path);
    context.fillStyle = colour;
    context.fill(path);
  });
}

/** A house in a disc: a service centre. */
function centre(ink: string, edge: string): ImageData {
  return paint(24, context => {
    context.beginPath();
    context.arc(12, 12, 9.5, 0, 2 * Math.PI);
    context.fillStyle = edge;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = ink;
    context.stroke();
    context.fillStyle = ink;
    context.fill(new Path2D('M12 6.2 6.6 11h1.5v5.4h2.8v-3.4h2.2v3.4h2.8V11h1.5Z'));
  });
}

/** Somebody on shift: a disc with a head and shoulders. */
function person(disc: string, figure: string): ImageData {
  return paint(20, context => {
    context.beginPath();
    context.arc(10, 10, 8, 0, 2 * Math.PI);
    context.fillStyle = disc;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = figure;
    context.stroke();
    context.fillStyle = figure;
    context.beginPath();
    context.arc(10, 7.6, 2.4, 0, 2 * Math.PI);
    context.fill();
    context.fill(new Path2D('M5.6 14.4c.5-2.4 2.2-3.6 4.4-3.6s3.9 1.2 4.4 3.6Z'));
  });
}

/** Put every picture on the map, or paint it anew after the theme changed. */
export function putPictures(map: MapLibre): void {
  const edge = token('map-halo');
  const pictures: Record<string, ImageData> = {
    centre: centre(token('ink-2'), token('surface')),
    'person-free': person(token('ink-2'), edge),
    'person-busy': person(token('state-underway'), edge),
    'person-silent': person(token('state-paused'), edge),
  };
  for (const state of MARK_STATES) {
    pictures[`mark-${state}`] = mark(token(`state-${state}`), edge, MARK_SHAPES[state]);
  }
  for (const [name, picture] of Object.entries(pictures)) {
    if (map.hasImage(name)) map.updateImage(name, picture);
    else map.addImage(name, picture, { pixelRatio: RATIO });
  }
}
