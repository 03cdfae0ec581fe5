import { catalogue } from '../shared/language';
import { department as en } from '../words/en/department';
import { department as zh } from '../words/zh/department';

export const departmentWords = catalogue(zh, en);
