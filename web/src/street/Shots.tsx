import { useEffect, useMemo, useRef } from 'preact/hooks';
import { newId } from '../shared/ids';
import { IconButton } from '../shared/parts/Button';
import { Icon } from '../shared/parts/Icon';
import type { Shot } from './outbox';
import { streetWords } from './words';

const LONGEST_SIDE = 2048;

/** A photograph small enough to send from a basement, upright, without the camera's notes. */
async function shrunk(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.85));
    return made ?? file;
  } catch {
    return file;
  }
}

/** Take photographs, see them, take one back. */
export function Shots({ shots, onChange }: { shots: readonly Shot[]; onChange: (shots: Shot[]) => void }) {
  const t = streetWords();
  // Another may have come or gone while these were made smaller.
  const latest = useRef(shots);
  latest.current = shots;
  const add = async (files: FileList | null) => {
    const made = await Promise.all(
      [...(files ?? [])].map(async file => ({ id: newId(), blob: await shrunk(file) })),
    );
    onChange([...latest.current, ...made]);
  };
  return (
    <div class="shots">
      {shots.map(shot => (
        <ShotView
          key={shot.id}
          shot={shot}
          onRemove={() => onChange(shots.filter(other => other.id !== shot.id))}
        />
      ))}
      <label class="shots__add">
        <Icon name="camera" size={24} />
        <span>{t.takePhoto}</span>
        <input
          type="file"
          accept="image/*"
          capture="environment"
          multiple
          onChange={event => {
            void add(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
      </label>
    </div>
  );
}

function ShotView({ shot, onRemove }: { shot: Shot; onRemove: () => void }) {
  const t = streetWords();
  const address = useMemo(() => URL.createObjectURL(shot.blob), [shot.blob]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return (
    <span class="shots__one">
      <img src={address} alt="" />
      <IconButton icon="close" label={t.removePhoto} onClick={onRemove} />
    </span>
  );
}
