import { catalogue } from '../shared/language';
import { report as en } from '../words/en/report';
import { report as zh } from '../words/zh/report';

export const reportWords = catalogue(zh, en);
