import { drawerNamed } from '../shared/kept';

/** What was typed, what waits to be sent, what can be followed. */
export const drawer = drawerNamed('yilu-resident');
export const { keep, kept } = drawer;
