"""Names of the sample district: sensible Chinese with English beside them, none of a real place."""

from typing import NamedTuple

import numpy as np

_FIRST = (
    "文Wen 武Wu 兴Xing 安An 和He 康Kang 永Yong 长Chang 瑞Rui 景Jing 柳Liu 松Song 桃Tao 青Qing 云Yun 玉Yu "
    "金Jin 宝Bao 福Fu 广Guang 天Tian 朝Chao 龙Long 凤Feng 虹Hong 晨Chen 春Chun 秋Qiu 梅Mei 兰Lan 竹Zhu 翠Cui "
    "明Ming 德De 仁Ren 义Yi 礼Li 智Zhi 同Tong 建Jian 星Xing 锦Jin 嘉Jia 百Bai 万Wan"
).split()
_SECOND = (
    "华hua 泰tai 平ping 宁ning 昌chang 盛sheng 乐le 林lin 泉quan "
    "溪xi 台tai 塔ta 营ying 坊fang 井jing 阁ge "
    "湖hu 阳yang 祥xiang 顺shun 丰feng 源yuan "
    "隆long 业ye 善shan 成cheng 悦yue 荫yin 景jing 桥qiao 苑yuan 信xin"
).split()
_ALLEYS = (
    "铁匠Tiejiang 豆腐Doufu 柴市Chaishi 米市Mishi 帽儿Maoer 酱园Jiangyuan 油坊Youfang 染坊Ranfang 书院"
    "书院Shuyuan 水井Shuijing 钟楼Zhonglou 校场Jiaochang 棉花Mianhua 布市Bushi 铜器Tongqi 纸坊Zhifang "
    "醋坊Cufang 面市Mianshi "
    "羊市Yangshi 马道Madao 仓门Cangmen 桥头Qiaotou 柳荫Liuyin 三圣Sansheng 半坡Banpo "
    "靴子Xuezi 镜子Jingzi 糖坊Tangfang 灯笼Denglong 针线Zhenxian 石板Shiban 牌楼Pailou 花园Huayuan "
    "影壁Yingbi "
    "茶坊Chafang 瓷器Ciqi 磨坊Mofang 剪子Jianzi 皮坊Pifang 银匠Yinjiang 车市Cheshi 炭市Tanshi 菜园Caiyuan "
    "草市Caoshi 竹竿Zhugan 笔墨Bimo 戏台Xitai 粮店Liangdian 盐店Yandian 会馆Huiguan"
).split()
_CLANS = (
    "王Wang 李Li 张Zhang 赵Zhao 郭Guo 刘Liu 杨Yang 孙Sun 马Ma 高Gao 郝Hao 武Wu 白Bai 韩Han 贾Jia 冯Feng"
).split()
_LANDFORMS = "坪ping 沟gou 峪yu 岭ling 庄zhuang 湾wan 坡po 窑yao 掌zhang 梁liang".split()


class Name(NamedTuple):
    """A name in Chinese and in English."""

    zh: str
    en: str

    def plus(self, zh: str, en: str) -> "Name":
        """The name with what it is behind it: 文华 + 路 / Road."""
        return Name(self.zh + zh, f"{self.en} {en}")


def _parts(token: str) -> Name:
    cut = next(place for place, letter in enumerate(token) if letter.isascii())
    return Name(token[:cut], token[cut:])


_NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """1 to 99 in Chinese: 十二."""
    tens, ones = divmod(number, 10)
    before = (_NUMERALS[tens - 1] if tens > 1 else "") + "十" if tens else ""
    return before + (_NUMERALS[ones - 1] if ones else "")


class LaneNames:
    """The lanes of one superblock, numbered after one stem as they often are: 桃园二巷 Taoyuan Lane 2."""

    def __init__(self, stem: Name) -> None:
        self._stem = stem
        self._given = 0

    def next(self) -> Name:
        """The next lane's name."""
        self._given += 1
        return Name(f"{self._stem.zh}{numeral(self._given)}巷", f"{self._stem.en} Lane {self._given}")


class NameBook:
    """Hands out names in a seeded order, none twice in either language."""

    def __init__(self, rng: np.random.Generator) -> None:
        stems = [
            Name(a.zh + b.zh, a.en + b.en)
            for a in map(_parts, _FIRST)
            for b in map(_parts, _SECOND)
            if a.zh != b.zh
        ]
        unique = {stem.en: stem for stem in stems}
        self._stems = _shuffled(list(unique.values()), rng)
        self._alleys = _shuffled([_parts(token) for token in _ALLEYS], rng)
        villages = [
            Name(f"{clan.zh}家{form.zh}", f"{clan.en}jia{form.en}")
            for clan in map(_parts, _CLANS)
            for form in map(_parts, _LANDFORMS)
        ]
        self._villages = _shuffled(villages, rng)

    def stem(self) -> Name:
        """Two auspicious characters: 文华 Wenhua."""
        return self._stems.pop()

    def alley(self) -> Name:
        """An old alley by the trade or place it is named after; a stem when those are used up."""
        stem = self._alleys.pop() if self._alleys else self.stem()
        return stem.plus("巷", "Alley")

    def village(self) -> Name:
        """A village by its clan and landform: 王家坪 Wangjiaping."""
        return self._villages.pop()


def _shuffled(names: list[Name], rng: np.random.Generator) -> list[Name]:
    return [names[place] for place in rng.permutation(len(names))]
