import { ask } from '../shared/api';
import { policyName } from '../shared/classification';
import { question } from '../shared/question';
import { caseStateName } from '../shared/words';
import { webhookWords } from './webhook_words';
import { adminWords } from './words';

/** Other systems that are told what happens. */

export type Source = 'cases' | 'notices';

export interface Webhook {
  id: string;
  name: string;
  url: string;
  source: Source;
  area: string;
  kinds: string[];
  states: string[];
  active: boolean;
  created_by: string;
  created_at: string;
}

export interface Delivery {
  id: string;
  type: string;
  subject: string;
  created_at: string;
  try_at: string | null;
  attempts: number;
  last_failure: string | null;
  dead_at: string | null;
}

export const theWebhooks = question<Webhook[]>((_, stop) => ask<Webhook[]>('/webhooks', { signal: stop }));
export const theHosts = question<string[]>((_, stop) => ask<string[]>('/webhook-hosts', { signal: stop }));

/** What a kind is called: of case by policy, of notice by the catalogue. */
export function kindIn(source: Source, kind: string): string {
  const notices: Record<string, string> = webhookWords().notices;
  return source === 'cases' ? policyName('kind', kind) : (notices[kind] ?? kind);
}

/** Of what it is told, and of what part of that, in words. */
export function toldInWords({ source, kinds, states }: Webhook): string {
  const t = webhookWords();
  const { listJoin } = adminWords();
  const parts = [
    kinds.map(kind => kindIn(source, kind)).join(listJoin),
    states.map(caseStateName).join(listJoin),
  ].filter(Boolean);
  return [t.sources[source], ...(parts.length > 0 ? parts : [t.everything])].join(' · ');
}
