import { Problem } from '../shared/api';
import { say } from '../shared/parts/Toast';

/** Do it, and say why where it was refused. */
export async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.detail || error.title);
  }
}
