"""Invented people's names and telephone numbers that nobody has."""

from random import Random

_SURNAMES = (
    ("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"),
    ("赵", "Zhao"), ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"),
    ("胡", "Hu"), ("朱", "Zhu"), ("高", "Gao"), ("林", "Lin"), ("何", "He"), ("郭", "Guo"),
    ("马", "Ma"), ("罗", "Luo"), ("梁", "Liang"), ("宋", "Song"), ("郑", "Zheng"), ("谢", "Xie"),
    ("韩", "Han"), ("唐", "Tang"), ("冯", "Feng"), ("于", "Yu"), ("董", "Dong"), ("萧", "Xiao"),
    ("程", "Cheng"), ("曹", "Cao"), ("袁", "Yuan"), ("邓", "Deng"), ("许", "Xu"), ("傅", "Fu"),
    ("沈", "Shen"), ("曾", "Zeng"), ("彭", "Peng"), ("吕", "Lü"), ("苏", "Su"), ("卢", "Lu"),
)  # fmt: skip
_GIVEN = (
    ("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("敏", "min"), ("静", "jing"), ("丽", "li"),
    ("强", "qiang"), ("磊", "lei"), ("军", "jun"), ("洋", "yang"), ("勇", "yong"), ("艳", "yan"),
    ("杰", "jie"), ("娟", "juan"), ("涛", "tao"), ("明", "ming"), ("超", "chao"), ("霞", "xia"),
    ("平", "ping"), ("刚", "gang"), ("桂", "gui"), ("英", "ying"), ("华", "hua"), ("建", "jian"),
    ("文", "wen"), ("玉", "yu"), ("兰", "lan"), ("春", "chun"), ("梅", "mei"), ("晓", "xiao"),
    ("峰", "feng"), ("红", "hong"), ("志", "zhi"), ("云", "yun"), ("国", "guo"), ("海", "hai"),
    ("燕", "yan"), ("斌", "bin"), ("龙", "long"), ("辉", "hui"),
)  # fmt: skip


def invented_name(chance: Random) -> tuple[str, str]:
    """A name in Chinese and in Latin letters."""
    surname, latin = chance.choice(_SURNAMES)
    given = [chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2, 2)))]
    spelt = "".join(sound for _, sound in given)
    return surname + "".join(sign for sign, _ in given), f"{latin} {spelt.capitalize()}"


def invented_phone(number: int) -> str:
    """A number of a block that no operator has given out: 1990000 and four digits."""
    return f"1990000{number % 10_000:04d}"
