// Runs before the first paint, so that no page flashes in the wrong theme or language.
(() => {
  const read = key => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const theme = read('yilu.theme');
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  root.lang = read('yilu.language') === 'en' ? 'en' : 'zh-CN';
})();
