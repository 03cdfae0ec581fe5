import { mount } from '../shared/mount';
import { DepartmentPage } from './DepartmentPage';

mount(DepartmentPage);
