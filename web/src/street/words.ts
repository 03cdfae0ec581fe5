import { catalogue } from '../shared/language';
import { street as en } from '../words/en/street';
import { street as zh } from '../words/zh/street';

export const streetWords = catalogue(zh, en);
