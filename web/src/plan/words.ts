import { catalogue } from '../shared/language';
import { plan as en } from '../words/en/plan';
import { plan as zh } from '../words/zh/plan';

export const planWords = catalogue(zh, en);
