import { catalogue } from '../shared/language';
import { admin as en } from '../words/en/admin';
import { admin as zh } from '../words/zh/admin';

export const adminWords = catalogue(zh, en);
