import type { AlarmKind } from './alarms';

/** Each kind of alarm by its own short tones, so that it is known without looking up. */

const TONES: Record<AlarmKind, number[]> = {
  urgent: [880, 660, 880],
  help: [880, 880],
  late: [520],
  soon: [392],
  unanswered: [440, 440],
  nobody: [440],
  escalated: [520],
};
const APART_S = 0.18;
const TONE_S = 0.16;

let audio: AudioContext | null = null;

/** Sound it; browsers allow that once somebody has touched the page. */
export function sound(kind: AlarmKind): void {
  if (typeof AudioContext !== 'function' || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  for (const [place, pitch] of TONES[kind].entries()) {
    const start = audio.currentTime + place * APART_S;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + TONE_S + 0.01);
  }
}
