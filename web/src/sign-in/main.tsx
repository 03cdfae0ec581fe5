import { mount } from '../shared/mount';
import { SignInPage } from './SignInPage';

mount(SignInPage);
