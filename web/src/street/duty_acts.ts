import { answerIn } from '../shared/question';
import { sayHow } from './QueueView';
import { keep, waiting } from './sender';
import { type Duty, lastDuty, theDuty } from './state';

/** Going on and off shift, beginning and ending a walk: kept and sent in order like everything else. */

export async function actOnDuty(
  path: string,
  label: string,
  body: Record<string, unknown> = {},
): Promise<boolean> {
  const came = await keep({
    kind: 'duty',
    label,
    path,
    body: { phone_at: new Date().toISOString(), ...body },
  });
  if (came !== 'sent') sayHow(came);
  await theDuty.put();
  return came !== 'full';
}

/** How the day stands once what waits on the phone has reached the server. */
export function dutyNow(): Duty | undefined {
  let duty = answerIn(theDuty.asked.value) ?? lastDuty.value?.answer;
  for (const { path, body, refused } of waiting.value) {
    if (!duty || refused) continue;
    if (path === '/shifts/on') duty = { ...duty, on_duty: true };
    else if (path === '/shifts/off') duty = { ...duty, on_duty: false, patrol: null, patrol_street: null };
    else if (path === '/patrols')
      duty = { ...duty, patrol: String(body.id), patrol_street: String(body.street) };
    else if (/^\/patrols\/[^/]+\/end$/.test(path)) duty = { ...duty, patrol: null, patrol_street: null };
  }
  return duty;
}
