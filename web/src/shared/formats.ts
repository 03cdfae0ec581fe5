import { type Language, language } from './language';

/** The clock of the city; a traveller's laptop must not shift deadlines. */
const CITY_TIME_ZONE = 'Asia/Shanghai';

type When = Date | string | number;

const formatters = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dateFormat(spoken: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${spoken}${JSON.stringify(options)}`;
  let format = formatters.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) {
    const locale = spoken === 'en' ? 'en-GB' : 'zh-CN';
    format = new Intl.DateTimeFormat(locale, { timeZone: CITY_TIME_ZONE, hourCycle: 'h23', ...options });
    formatters.set(key, format);
  }
  return format;
}

/** 14:05 */
export function clock(when: When): string {
  return dateFormat(language.value, { hour: '2-digit', minute: '2-digit' }).format(new Date(when));
}

/** 14:05:09 */
export function clockWithSeconds(when: When): string {
  return dateFormat(language.value, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
    new Date(when),
  );
}

/** 2026年11月21日 / 21 November 2026 */
export function date(when: When): string {
  return dateFormat(language.value, { year: 'numeric', month: 'long', day: 'numeric' }).format(
    new Date(when),
  );
}

/** 2026年11月21日 14:05 / 21 November 2026, 14:05 */
export function dateAndTime(when: When): string {
  return language.value === 'en' ? `${date(when)}, ${clock(when)}` : `${date(when)} ${clock(when)}`;
}

/** 星期六 / Saturday */
export function weekday(when: When): string {
  return dateFormat(language.value, { weekday: 'long' }).format(new Date(when));
}

/** 11月21日 14:05 / 21 Nov, 14:05: for lists, where the year goes without saying. */
export function shortMoment(when: When): string {
  const spoken = language.value;
  const day = dateFormat(spoken, { month: spoken === 'en' ? 'short' : 'long', day: 'numeric' });
  return spoken === 'en'
    ? `${day.format(new Date(when))}, ${clock(when)}`
    : `${day.format(new Date(when))} ${clock(when)}`;
}

/** 12,345 */
export function number(value: number, fractionDigits = 0): string {
  const key = `n${fractionDigits}`;
  let format = formatters.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    format = new Intl.NumberFormat('en-GB', {
      minimumFractionDigits: fractionDigits,
      maximumFractionDigits: fractionDigits,
    });
    formatters.set(key, format);
  }
  return format.format(value);
}

/** 96% or 96.4% */
export function percent(share: number, fractionDigits = 0): string {
  return `${number(share * 100, fractionDigits)}%`;
}

/** 350 米, 1.2 公里 / 350 m, 1.2 km */
export function distance(metres: number): string {
  const english = language.value === 'en';
  if (metres < 995)
    return `${number(metres < 100 ? metres : Math.round(metres / 10) * 10)} ${english ? 'm' : '米'}`;
  return `${number(metres / 1000, metres < 99_500 ? 1 : 0)} ${english ? 'km' : '公里'}`;
}

/** 850 平方米, 3.4 公顷, 12.5 平方公里 / 850 m², 3.4 ha, 12.5 km² */
export function area(squareMetres: number): string {
  const english = language.value === 'en';
  if (squareMetres < 9_950) return `${number(squareMetres)} ${english ? 'm²' : '平方米'}`;
  if (squareMetres < 995_000) return `${number(squareMetres / 10_000, 1)} ${english ? 'ha' : '公顷'}`;
  return `${number(squareMetres / 1_000_000, 1)} ${english ? 'km²' : '平方公里'}`;
}

/** 45 秒, 4 分钟, 2 小时 5 分钟, 3 天 / 45 s, 4 min, 2 h 5 min, 3 days */
export function duration(seconds: number): string {
  const english = language.value === 'en';
  const whole = Math.round(Math.abs(seconds));
  if (whole < 60) return `${whole} ${english ? 's' : '秒'}`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} ${english ? 'min' : '分钟'}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    const rest = minutes % 60;
    const inHours = `${hours} ${english ? 'h' : '小时'}`;
    return rest === 0 ? inHours : `${inHours} ${rest} ${english ? 'min' : '分钟'}`;
  }
  const days = Math.round(hours / 24);
  return english ? `${days} days` : `${days} 天`;
}

/** 3:20 or 1:02:09: a countdown in a narrow column. */
export function countdown(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** 118.80123, 32.06011: enough for a metre, and easy to paste. */
export function coordinates(lon: number, lat: number): string {
  return `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
}
