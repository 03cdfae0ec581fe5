/** Words of the reports that can be carried away. */
export const downloads = {
  open: '下载报告',
  title: '下载报告',
  about: '每份报告是一个网页文件，含中英文，断网也能打开和打印。',
  day: '截至日期',
  newest: '不填：最近有案件的一天',
  kinds: {
    'task-forces': '一路一专班图',
    hotspots: '热点图',
    'service-circle': '十五分钟服务圈图',
    dispatches: '当日派遣图',
  },
  holds: {
    'task-forces': '各街巷的街巷长、成员和当月数据',
    hotspots: '一年内问题聚集之处，可按周查看',
    'service-circle': '5、10、15 分钟范围与圈外住户',
    dispatches: '当天每一次派遣',
  },
  saved: (name: string) => `已下载：${name}`,
};
