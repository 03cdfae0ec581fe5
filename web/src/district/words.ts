import { catalogue } from '../shared/language';
import { district as en } from '../words/en/district';
import { district as zh } from '../words/zh/district';

export const districtWords = catalogue(zh, en);
