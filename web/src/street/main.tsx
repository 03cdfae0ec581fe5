import { mount } from '../shared/mount';
import { StreetPage } from './StreetPage';

mount(StreetPage);
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register('/service-worker.js', { scope: '/street' }).catch(() => undefined);
}
