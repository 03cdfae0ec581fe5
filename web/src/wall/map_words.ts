import { catalogue } from '../shared/language';
import { wallMap as en } from '../words/en/wall_map';
import { wallMap as zh } from '../words/zh/wall_map';

export const wallMapWords = catalogue(zh, en);
