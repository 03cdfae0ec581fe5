import { mount } from '../shared/mount';
import { DistrictPage } from './DistrictPage';

mount(DistrictPage);
