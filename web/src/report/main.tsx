import { mount } from '../shared/mount';
import { ReportPage } from './ReportPage';

mount(ReportPage);
