import { mount } from '../shared/mount';
import { ReportPage } from './ReportPage';

mount(ReportPage);
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker
    .register('/service-worker.js?page=report', { scope: '/report' })
    .catch(() => undefined);
}
