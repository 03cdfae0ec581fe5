import { mount } from '../shared/mount';
import { PlanPage } from './PlanPage';

mount(PlanPage);
