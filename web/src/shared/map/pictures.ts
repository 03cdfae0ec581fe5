import type { Map as MapLibre } from 'maplibre-gl';
import { token } from '../palette';

/** The pictures that the map draws with, painted in the colours of the theme. */

const RATIO = 2;

/** How to paint a picture into a square of so many pixels. */
export interface Painting {
  size: number;
  draw: (context: CanvasRenderingContext2D) => void;
}

export function painted({ size, draw }: Painting, scale: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(size * scale);
  canvas.height = canvas.width;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser paints no canvas');
  context.scale(scale, scale);
  draw(context);
  return canvas;
}

/** A house in a disc: a service centre. */
function centre(ink: string, edge: string): Painting {
  const draw = (context: CanvasRenderingContext2D) => {
    context.beginPath();
    context.arc(12, 12, 9.5, 0, 2 * Math.PI);
    context.fillStyle = edge;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = ink;
    context.stroke();
    context.fillStyle = ink;
    context.fill(new Path2D('M12 6.2 6.6 11h1.5v5.4h2.8v-3.4h2.2v3.4h2.8V11h1.5Z'));
  };
  return { size: 24, draw };
}

/** Put every picture on the map, or paint it anew after the theme changed. */
export function putPictures(map: MapLibre): void {
  const canvas = painted(centre(token('ink-2'), token('surface')), RATIO);
  const picture = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
  if (!picture) return;
  if (map.hasImage('centre')) map.updateImage('centre', picture);
  else map.addImage('centre', picture, { pixelRatio: RATIO });
}
