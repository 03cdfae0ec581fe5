import { catalogue } from '../shared/language';
import { webhooks as en } from '../words/en/webhooks';
import { webhooks as zh } from '../words/zh/webhooks';

export const webhookWords = catalogue(zh, en);
