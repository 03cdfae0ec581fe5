import { mount } from '../shared/mount';
import { WallPage } from './WallPage';

mount(WallPage);
