import { nameOf } from '../shared/language';
import { printPicture } from '../shared/map/picture';
import { Button, IconButton } from '../shared/parts/Button';
import { say } from '../shared/parts/Toast';
import { may, session } from '../shared/session';
import type { District } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import {
  addCorner,
  beginDrawing,
  corners,
  fewest,
  finishDrawing,
  isDrawn,
  stopDrawing,
  type Tool,
  takeCornerBack,
  tool,
} from './draw';
import { pictureNotes } from './map_picture';
import { wallMapWords } from './map_words';
import { backToLive, isReplaying, startReplay } from './replay';
import { scene } from './state';

/** Below the map: the way into the past, and what can be drawn. */
export function MapTools({ district }: { district: District }) {
  const t = wallMapWords();
  if (tool.value !== null) return <DrawingHelp which={tool.value} />;
  const closes = may('manage_closures') && !isReplaying.value;
  const print = () => {
    const living = scene.peek();
    if (living)
      void printPicture(living, pictureNotes(nameOf(district), session.value?.name ?? '')).catch(
        (error: unknown) => say(String(error)),
      );
  };
  return (
    <div class="map-tools map-box" role="toolbar" aria-label={sharedWords().map}>
      <Button
        look="quiet"
        icon="replay"
        shortcut="t"
        aria-pressed={isReplaying.value}
        title={t.replayOpen}
        onClick={() => (isReplaying.value ? backToLive() : startReplay())}
      >
        {t.replay}
      </Button>
      {closes && (
        <>
          <IconButton icon="route" label={t.drawLine} onClick={() => beginDrawing('line')} />
          <IconButton icon="draw" label={t.drawArea} onClick={() => beginDrawing('area')} />
        </>
      )}
      <IconButton icon="whole" label={t.drawCount} onClick={() => beginDrawing('count')} />
      <IconButton icon="print" label={t.print} onClick={print} />
    </div>
  );
}

const TITLES = { line: 'drawLine', area: 'drawArea', count: 'drawCount' } as const;

function DrawingHelp({ which }: { which: Tool }) {
  const t = wallMapWords();
  const shared = sharedWords();
  if (isDrawn.value) return null;
  const enough = corners.value.length >= fewest(which);
  const addCentre = () => {
    const centre = scene.peek()?.view.peek();
    if (centre) addCorner(centre);
  };
  return (
    <div class="map-tools map-tools--drawing map-box" role="toolbar" aria-label={t[TITLES[which]]}>
      <p>
        <strong>{t[TITLES[which]]}</strong>
        <span class="quiet small">{which === 'line' ? t.drawLineHint : t.drawAreaHint}</span>
      </p>
      <span class="quiet" role="status">
        {t.corners(corners.value.length)}
      </span>
      <IconButton icon="plus" label={t.addCentre} onClick={addCentre} />
      <IconButton icon="undo" label={shared.undo} onClick={takeCornerBack} />
      <Button look="primary" disabled={!enough} onClick={finishDrawing}>
        {t.finish}
      </Button>
      <Button onClick={stopDrawing}>{shared.cancel}</Button>
    </div>
  );
}
