import type { Translated } from '../../shared/language';
import type { downloads as zh } from '../zh/downloads';

/** Words of the reports that can be carried away. */
export const downloads: Translated<typeof zh> = {
  open: 'Download a report',
  title: 'Download a report',
  about: 'Each report is one web page in Chinese and English that opens and prints without a network.',
  day: 'As of',
  newest: 'Left empty: the day of the newest case',
  kinds: {
    'task-forces': 'One road, one task force',
    hotspots: 'Hotspots',
    'service-circle': '15-minute service circle',
    dispatches: 'Dispatches of the day',
  },
  holds: {
    'task-forces': 'Every street with its chief, members and the figures of the month',
    hotspots: 'Where a year of findings gathers, week by week',
    'service-circle': 'The 5, 10 and 15 minute rings, and who is left out',
    dispatches: 'Every dispatch of that day',
  },
  saved: (name: string) => `Downloaded: ${name}`,
};
