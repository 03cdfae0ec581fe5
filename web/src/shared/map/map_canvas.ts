import type { Map as MapLibre } from 'maplibre-gl';
import { paintNext } from '../frame';
import { mercatorX, mercatorY } from './mercator';

/**
 * A canvas over the map for what moves or changes all the time. The map draws its whole picture anew for every
 * change, this draws only the marks: a second's news costs milliseconds, also where no graphics card helps.
 */

const TILE_PX = 512;

/** Where places fall on the canvas, in pixels of the screen itself. */
export interface Outlook {
  zoom: number;
  /** Pixels of the screen to one of the page. */
  ratio: number;
  width: number;
  height: number;
  /** From a place on the mercator square. */
  x: (mx: number, my: number) => number;
  y: (mx: number, my: number) => number;
}

export interface Camera {
  center: { lng: number; lat: number };
  zoom: number;
  /** Degrees clockwise that up is away from north. */
  bearing: number;
}

export function outlookOf(camera: Camera, width: number, height: number, ratio: number): Outlook {
  const [cx, cy] = [mercatorX(camera.center.lng), mercatorY(camera.center.lat)];
  const world = TILE_PX * 2 ** camera.zoom * ratio;
  const angle = (-camera.bearing * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * world, Math.sin(angle) * world];
  const [left, top] = [width / 2, height / 2];
  return {
    zoom: camera.zoom,
    ratio,
    width,
    height,
    x: (mx, my) => (mx - cx) * cos - (my - cy) * sin + left,
    y: (mx, my) => (mx - cx) * sin + (my - cy) * cos + top,
  };
}

export type Paint = (context: CanvasRenderingContext2D, outlook: Outlook) => void;

export class MapCanvas {
  /** What is seen. */
  readonly canvas = document.createElement('canvas');
  readonly #surface: Surface;
  #stale = true;

  constructor(
    private readonly map: MapLibre,
    private readonly paint: Paint,
  ) {
    this.canvas.className = 'map__marks';
    this.canvas.setAttribute('aria-hidden', 'true');
    this.#surface = drawsInSoftware(map) ? handedOver(this.canvas) : direct(this.canvas);
    map.getCanvasContainer().append(this.canvas);
    map.on('render', this.#followMap);
    map.on('move', this.#markStale);
    map.on('resize', this.#markStale);
  }

  /** Paint again in the next frame. */
  invalidate(): void {
    this.#stale = true;
    paintNext(this.#step);
  }

  remove(): void {
    this.#stale = false;
    this.map.off('render', this.#followMap);
    this.map.off('move', this.#markStale);
    this.map.off('resize', this.#markStale);
    this.canvas.remove();
  }

  readonly #markStale = () => {
    this.#stale = true;
  };

  /** While the map moves the marks are painted in the same frame: nothing swims. */
  readonly #followMap = () => {
    if (this.#stale) this.#draw();
  };

  readonly #step = () => {
    if (this.#stale) this.#draw();
  };

  #draw(): void {
    this.#stale = false;
    const { map, canvas } = this;
    const ratio = map.getPixelRatio();
    const { clientWidth, clientHeight } = map.getContainer();
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (width === 0 || height === 0) return;
    canvas.style.width = `${clientWidth}px`;
    canvas.style.height = `${clientHeight}px`;
    const camera = { center: map.getCenter(), zoom: map.getZoom(), bearing: map.getBearing() };
    const context = this.#surface.begin(width, height);
    this.paint(context, outlookOf(camera, width, height, ratio));
    this.#surface.end();
  }
}

/** Something to paint on, frame by frame. */
interface Surface {
  begin: (width: number, height: number) => CanvasRenderingContext2D;
  end: () => void;
}

function direct(canvas: HTMLCanvasElement): Surface {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser paints no canvas');
  return {
    begin(width, height) {
      if (canvas.width === width && canvas.height === height) context.clearRect(0, 0, width, height);
      else Object.assign(canvas, { width, height });
      return context;
    },
    end: () => undefined,
  };
}

/**
 * Without a graphics card thousands of marks are painted faster by the processor than through an imitated card:
 * the finished picture is handed over whole.
 */
function handedOver(canvas: HTMLCanvasElement): Surface {
  const shown = canvas.getContext('bitmaprenderer');
  const hidden = new OffscreenCanvas(1, 1);
  const context = hidden.getContext('2d', { willReadFrequently: true });
  if (!shown || !context) throw new Error('this browser paints no canvas');
  return {
    begin(width, height) {
      if (hidden.width !== width || hidden.height !== height) Object.assign(hidden, { width, height });
      // What the two kinds of canvas do not share is not used.
      return context as unknown as CanvasRenderingContext2D;
    },
    end: () => shown.transferFromImageBitmap(hidden.transferToImageBitmap()),
  };
}

/** Whether this machine imitates a graphics card with its processor. */
export function drawsInSoftware(map: MapLibre): boolean {
  const gl = map.getCanvas().getContext('webgl2');
  const told = gl?.getExtension('WEBGL_debug_renderer_info');
  const name = told ? String(gl?.getParameter(told.UNMASKED_RENDERER_WEBGL)) : '';
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}
