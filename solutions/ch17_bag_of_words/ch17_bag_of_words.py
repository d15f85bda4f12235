# ---
# jupyter:
#   course:
#     ko: 단어 가방과 나이브 베이즈
#     en: Bag of words and naive Bayes
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 17장. 단어 가방과 나이브 베이즈
#
# **누구를 위한 장인가요?** 지금까지는 숫자로 된 데이터만 다루었고, 이제 글을 모델에 넣어 보려는 사람. "맛있었어요"를 어떻게 텐서로 만들지 궁금한 사람.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 원-핫과 브로드캐스팅(1장), 학습 데이터와 테스트 데이터(5장, 8장), 우도와 로그, 언더플로(6장), 소프트맥스(7장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 한국어 문장을 토큰으로, 토큰을 번호로, 번호를 벡터로 바꿀 수 있습니다.
# - 번호를 매기는 코드와 횟수를 세는 코드에 숨은 함정을 알아볼 수 있습니다.
# - 나이브 베이즈 분류기를 세고 더하는 것만으로 만들고, 왜 로그로 계산하는지 보일 수 있습니다.
# - 그 분류기가 얼마나 맞히는지, 그리고 **어디서 왜 틀리는지** 잰 만큼만 말할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 17. Bag of words and naive Bayes
#
# **Who is this for?** Until now all your data were numbers, and now you would like to give a model some text. How does "it was delicious" become a tensor?
#
# **Time** about 100 minutes · **You need** one-hot vectors and broadcasting (chapter 1), training and test data (chapters 5 and 8), likelihood, logs and underflow (chapter 6), softmax (chapter 7). No Korean: every review comes with its meaning
#
# **Afterwards you can**
#
# - turn Korean sentences into tokens, tokens into ids, and ids into vectors,
# - recognise the traps in code that numbers words and in code that counts them,
# - build a naive Bayes classifier by nothing but counting and adding, and show why it works in logs,
# - say how often it is right, and **where and why it is wrong**, and claim no more than was measured.

# %%
import os
import subprocess
import sys
from collections import Counter

import matplotlib.pyplot as plt
import torch

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.korean import morphs, reviews, use_hangul_font

plots.use_course_style()
use_hangul_font()

# %% lang="ko"
open_chapter("ch17_bag_of_words", "ko")

# %% lang="en"
open_chapter("ch17_bag_of_words", "en")

# %% [markdown] lang="ko"
# ## 1. 이 손님은 좋았을까요?
#
# 식당 리뷰 한 줄을 읽고 손님이 만족했는지(1) 아닌지(0) 맞히는 기계를 만들려고 합니다. 이렇게 모아 놓은 글을 말뭉치(corpus)라고 합니다. 우리 말뭉치는 이 강좌를 위해 직접 쓴 짧은 리뷰들입니다. 많은 것은 리뷰에 늘 나오는 말이고, 나머지 가운데에는 일부러 까다롭게 쓴 것도 있습니다: 부정하는 말, 비꼬는 말, 칭찬과 불평이 섞인 말.

# %% [markdown] lang="en"
# ## 1. Did this guest like it?
#
# We want a machine that reads one line about a restaurant and says whether the guest liked it (1) or not (0). Such a collection of texts is called a **corpus**. Ours holds short reviews that were written for this course. Many of them say what reviews always say; among the others, some were made awkward on purpose: negations, irony, praise and complaint in one breath.

# %%
data = reviews()
texts = [review.text for review in data]
labels = torch.tensor([review.label for review in data])  # (N,)
print(f"{len(data)} reviews, {int(labels.sum())} of them liked it\n")
for review in data[6:12]:
    print(f"{review.label}  {review.text}\n   {review.english}")

# %% [markdown] lang="ko"
# 절반이 1이니, 아무것도 읽지 않고 한쪽만 말해도 절반은 맞힙니다. 그것이 우리가 넘어야 할 첫 문턱입니다.
#
# 모델은 숫자만 읽습니다. 그래서 글은 네 정거장을 지납니다: **문장 → 토큰 → 번호 → 벡터**.
#
# ## 2. 어디서 자를까?
#
# 첫걸음은 문장을 토큰(token)이라는 조각으로 나누는 토큰화(tokenization)입니다. 영어라면 띄어쓰기로 자르는 것도 그럴듯하지만, 한국어에서는 같은 말이 옷을 자꾸 갈아입습니다. "맛있"으로 시작하는 조각만 모아 봅시다.

# %% [markdown] lang="en"
# Half of them are 1s, so saying the same thing always, without reading a word, is right half of the time. That is the first hurdle.
#
# A model reads nothing but numbers, so a text passes four stations: **text → tokens → ids → vectors**.
#
# ## 2. Where to cut?
#
# The first step cuts a text into pieces called **tokens**: tokenization. In English, cutting at spaces is not a bad idea. In Korean, one word keeps changing its clothes: endings for tense, politeness and "because" are glued on. Here are all the pieces that begin with the stem of "delicious".

# %%
by_spaces = [text.replace(",", " ,").rstrip(".").split() for text in texts]
forms = Counter(word for words in by_spaces for word in words if word.startswith("맛있"))
print(f"{len(forms)} forms, {forms.total()} times:", " ".join(forms))

# %% [markdown] lang="ko"
# 사람에게는 한 낱말이지만, 띄어쓰기로 자르면 서로 아무 상관 없는 여러 단어입니다. 그래서 KoNLPy의 **Okt**라는 분석기를 씁니다. Okt는 문장을 형태소(morpheme, 뜻을 가진 가장 작은 조각)에 가깝게 나누고, `stem=True`를 주면 동사와 형용사를 사전에 실린 꼴로 되돌립니다. 이것이 어간 추출(stemming)입니다.
#
# Okt는 자바로 돌아갑니다. 자바는 이 강좌와 함께 설치되어 있습니다. 혹시 자바가 돌지 않으면 `morphs`는 미리 나누어 둔 토큰을 쓰고, 그렇다고 한 줄로 알려 줍니다.

# %% [markdown] lang="en"
# To a reader that is one word; cut at spaces, it is many words that have nothing to do with each other. So we use **Okt**, an analyser from the KoNLPy package. It cuts a sentence into something close to morphemes (the smallest pieces that have a meaning), and with `stem=True` it turns verbs and adjectives back into the form a dictionary lists. That is called **stemming**.
#
# Okt runs on Java, which was installed with this course. Should it not start on your machine, `morphs` takes tokens that were made beforehand, and says so in one line.

# %%
stemmed = morphs(texts)  # one list of tokens for each review
unstemmed = morphs(texts, stem=False)
for n in (6, 25, 11):
    print(texts[n], f"({data[n].english})")
    print("  stem=False:", " · ".join(unstemmed[n]))
    print("  stem=True: ", " · ".join(stemmed[n]))

# %% [markdown] lang="ko"
# 어간 추출로 무엇을 얻는지 그려 봅시다. 리뷰를 하나씩 더 읽을 때 처음 보는 단어가 얼마나 나오는지 셉니다.

# %% [markdown] lang="en"
# What does stemming gain us? Read one review after another, and count how many different words there have been.

# %%
cuts = {"spaces": by_spaces, "Okt": unstemmed, "Okt, stemmed": stemmed}
figure, (ax,) = plots.axes(1, width=5.6)
for (name, cut), style in zip(cuts.items(), (":", "--", "-")):
    seen, growth = set(), []
    for tokens in cut:
        seen.update(tokens)
        growth.append(len(seen))
    ax.plot(range(1, len(cut) + 1), growth, style, label=name)
    counts = Counter(token for tokens in cut for token in tokens)
    once = sum(count == 1 for count in counts.values())
    print(f"{name}: {growth[-1]} different words, {once / len(counts):.0%} of them only once")
plots.label(ax, "Stemmed, the reviews need fewer words", "reviews read", "different words so far")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 같은 리뷰인데 어간 추출을 하면 단어의 수가 3분의 2쯤으로 줄어듭니다. 곡선도 더 일찍 눕습니다. 한 번밖에 안 나온 단어에서는 배울 것이 별로 없으니, 이것은 큰 이득일 것입니다. 정말 그런지는 8절에서 잽니다.
#
# 하지만 Okt를 너무 믿지는 마세요. 사전과 규칙으로 찍는 것이라 자주 틀립니다.

# %% [markdown] lang="en"
# With stemming, the same reviews need only about two thirds of the words, and the curve bends earlier. From a word seen once there is little to learn, so this should be worth a lot. Section 8 measures whether it is.
#
# But do not trust Okt too far. It guesses by dictionary and rules, and it often guesses wrong.

# %%
for word, wrong in (("다시는", "다시다"), ("잘", "자다"), ("푸짐", "푸다"), ("속이", "속이다")):
    found = [n for n, tokens in enumerate(stemmed) if word in texts[n] and wrong in tokens]
    print(f"{word} → {wrong}, {len(found)} times: {texts[found[0]]} ({data[found[0]].english})")

# %% [markdown] lang="ko"
# "다시는 안 갑니다"의 "다시는"은 `다시다`(입맛을 다시다)가 되고, "잘"은 `자다`, "푸짐하다"는 `푸다`와 `짐`이 됩니다. 우습지만 꼭 나쁜 것만은 아닙니다. **늘 똑같이** 틀린다면 그것도 하나의 표시입니다. 7절 끝에서 다시 만납니다.
#
# ## 3. 단어장
#
# 이제 단어에 번호를 매깁니다. 단어와 번호의 짝을 모은 것이 단어장(vocabulary)입니다. 이 과정의 바탕이 된 노트는 먼저 횟수를 세고, 이렇게 번호를 매깁니다.

# %% [markdown] lang="en"
# The 다시는 of "never again" becomes `다시다` (to smack one's lips), 잘 (well) becomes `자다` (to sleep), and 푸짐하다 (generous) falls apart into `푸다` (to scoop) and `짐` (luggage). Funny, but not all bad: a mistake that is **always the same** is a mark like any other. We shall meet these words again at the end of section 7.
#
# ## 3. A vocabulary
#
# Now the words get numbers. Words with their numbers make a **vocabulary**. The notes this course grew from count the words first, and then number them like this.

# %%
def notes_vocabulary(texts):
    """The notes' loop, as it stands there."""
    word_count = {}
    for tokens in texts:
        for token in tokens:
            word_count[token] = word_count.get(token, 0) + 1
    w2i = {}
    for pair in word_count:
        if pair[0] not in w2i:
            w2i[pair[0]] = len(w2i)
    return word_count, w2i


word_count, broken = notes_vocabulary(stemmed)
print(len(word_count), "words are counted,", len(broken), "are numbered:", *list(broken)[:12])
print("words that begin with 주:", *[word for word in word_count if word[0] == "주"])
print("맛있다 in broken:", "맛있다" in broken)

# %% [markdown] lang="ko"
# 오류는 나지 않습니다. 그런데 단어는 절반도 남지 않았고, 남은 것도 단어가 아니라 **첫 글자**입니다. 서로 다른 단어들이 번호 하나를 나누어 갖고, 정작 `맛있다`는 들어 있지 않아서 나중에 `KeyError`가 납니다.
#
# `for pair in word_count`에서 나오는 것은 (단어, 횟수) 쌍이 아니라 키, 곧 단어 하나이기 때문입니다. `"맛있다"[0]`은 `"맛"`이지요.
#
# 고칠 것이 하나 더 있습니다. 노트에 인쇄된 번호표는 횟수가 많은 단어부터 시작하는데, 이 반복문은 `pair[0]`을 고쳐도 처음 나온 순서로 번호를 매깁니다. 우리는 **많이 나온 단어부터** 매깁시다. 드문 단어를 버릴 때 뒤쪽만 자르면 되니 편리합니다.
#
# ### 여러분 차례: `build-vocab`
#
# 위의 코드를 고쳐 올바른 단어장을 만드세요. `build_vocab(stemmed, 1)`에는 센 단어가 모두 들어 있어야 합니다.

# %% [markdown] lang="en"
# No error. But fewer than half of the words are left, and what is left are not words but **first letters**. Different words share one number, and `맛있다` (delicious) is not there at all, which later ends in a `KeyError`.
#
# That is because `for pair in word_count` yields no pairs of word and count, but the keys, one word at a time; and `"맛있다"[0]` is `"맛"`.
#
# There is one more thing to mend. The table of ids printed in the notes begins with the commonest words, yet this loop, even with `pair[0]` mended, numbers them in order of appearance. Let us number the **commonest first**: that is handy, for to drop rare words one just cuts off the end.
#
# ### Your turn: `build-vocab`
#
# Mend the code above so that it makes a proper vocabulary. In `build_vocab(stemmed, 1)` every word that was counted must have its number.

# %% exercise="build-vocab"
def build_vocab(texts, min_count):
    """Numbers the words of a corpus, the commonest first.

    texts: a list of reviews, each a list of words (str), perhaps empty. Every token counts as
    it stands: "." too, and "OK" is not "ok". min_count: an int, at least 1; words that appear
    less often in all the texts together are left out.
    Returns a dict {word: id}: ids 0, 1, 2, … without gaps, by falling count; words of equal
    count in the order in which they first appear. If no word is left, an empty dict.
    """
    # count every word
    # leave out the rare ones, the commonest first
    # number them
    ### BEGIN SOLUTION
    counts = {}
    for tokens in texts:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    kept = [word for word in counts if counts[word] >= min_count]
    kept.sort(key=counts.get, reverse=True)  # stable: ties stay as they are
    return {word: number for number, word in enumerate(kept)}
    ### END SOLUTION


# %% tags=["demo"]
vocab = build_vocab(stemmed, 1)
print("order of appearance:", *[f"{number} {word}" for number, word in enumerate(word_count)][:8])
commonest = sorted(vocab, key=vocab.get)[:8]  # by their ids
print("commonest first:    ", *[f"{vocab[word]} {word}" for word in commonest])
print({word: word_count[word] for word in commonest})
for least in (1, 2, 3, 5):
    kept = build_vocab(stemmed, least)
    covered = sum(word_count[word] for word in kept) / sum(word_count.values())
    print(f"min_count {least}: {len(kept):3d} words, {covered:.0%} of all tokens")

# %% [markdown] lang="ko"
# 앞자리는 마침표와 "이", "가" 같은 조사가 차지합니다. 그리고 얼마 안 되는 단어가 토큰의 대부분을 차지하고, 나머지는 긴 꼬리를 이룹니다. 어느 언어에서나 그렇습니다(지프의 법칙, Zipf's law).
#
# ### 순서 없는 것에 번호를 매기지 마세요
#
# 단어를 겹치지 않게 모으는 데 `set`을 쓰고 싶어집니다. 그런데 집합에는 순서가 없습니다. 파이썬은 문자열의 해시(hash, 값을 찾기 쉽게 뒤섞어 만든 수)를 **시작할 때마다** 새로 뒤섞으므로 번호도 매번 달라집니다. 파이썬을 두 번 새로 시작해 봅시다.

# %% [markdown] lang="en"
# The front seats are taken by the full stop and by particles such as 이 and 가; among them are also 하다 (do), 먹다 (eat) and 이다 (be). And few words make up most of the tokens, while the rest form a long tail. It is so in every language (Zipf's law).
#
# ### Never number what has no order
#
# To collect words without repetition, a `set` is tempting. But a set has no order. Python shuffles the hashes of strings (the numbers by which it finds them) anew **each time it starts**, and so the ids change too. Let us start Python twice.

# %% tags=["demo"]
code = """
words = ["국물", "이", "진하다", "고기", "가", "정말", "부드럽다"]
print({word: number for number, word in enumerate(set(words))})
"""
for start in (1, 2):  # the shuffling is usually random; here it is fixed, to be repeatable
    environment = os.environ | {"PYTHONHASHSEED": str(start), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code]
    # close_fds=False starts it without a fork, which could hang where Java runs.
    run = subprocess.run(command, env=environment, close_fds=False, capture_output=True)
    print(f"start {start}:", run.stdout.decode("utf-8").strip())

# %% [markdown] lang="ko"
# 어제 학습해 저장한 가중치의 3번 열이 오늘은 다른 단어의 것이 됩니다. 오류 없이 조용히 엉뚱한 답을 냅니다. 그래서 단어장은 언제나 *정해진* 순서로 만들고, 가중치와 **함께** 저장합니다.
#
# ## 4. 번호로 바꾸기
#
# 단어장이 있으면 리뷰는 번호의 리스트가 됩니다. 하나만 정하면 됩니다. **단어장에 없는 단어**는 어떻게 할까요? 새 리뷰에는 반드시 나옵니다. 방법은 둘입니다: "모르는 단어"라는 번호를 따로 두거나, 그냥 빼거나.
#
# ### 여러분 차례: `encode`
#
# 두 방법을 다 할 수 있게 만드세요. 번호 0도 엄연한 번호라는 것을 잊지 마세요. 파이썬의 조건에서 0은 `False`처럼 다루어집니다.

# %% [markdown] lang="en"
# Column 3 of the weights you saved yesterday belongs to another word today: wrong answers, quietly, without an error. So a vocabulary is always made in a *definite* order, and saved **together with** the weights.
#
# ## 4. From words to ids
#
# With a vocabulary, a review becomes a list of ids. One thing has to be settled: what about **words that are not in it**? A new review is bound to have some. There are two ways: keep an id for "unknown word", or leave them out.
#
# ### Your turn: `encode`
#
# Make a function that can do both. And do not forget that 0 is an id like any other, though in a condition Python treats it like `False`.

# %% exercise="encode"
def encode(tokens, vocab, unknown):
    """The ids of a review's words.

    tokens: a list of words (str), perhaps empty. vocab: a dict {word: id}, perhaps empty, in
    any order, perhaps with gaps between the ids; it stays as it is.
    unknown: the id (int, perhaps 0) that stands for every word not in vocab, or None to leave
    such words out.
    Returns a list of ints, in the order of the tokens.
    """
    ### BEGIN SOLUTION
    ids = [vocab.get(token, unknown) for token in tokens]
    return [number for number in ids if number is not None]
    ### END SOLUTION


# %% tags=["demo"]
known = build_vocab(stemmed[84:], 1)  # as if the first 84 reviews were new
n = next(n for n in range(84) if len(encode(stemmed[n], known, None)) <= len(stemmed[n]) - 3)
print(texts[n], f"({data[n].english})")
print("tokens           ", stemmed[n])
print("with an id for it", encode(stemmed[n], known, len(known)))
print("left out         ", encode(stemmed[n], known, None))
for name, cut in cuts.items():
    own = build_vocab(cut[84:], 1)
    total = sum(len(tokens) for tokens in cut[:84])
    lost = total - sum(len(encode(tokens, own, None)) for tokens in cut[:84])
    print(f"{name}: {lost / total:.0%} of the tokens in new reviews are unknown")

# %% [markdown] lang="ko"
# 띄어쓰기로 자르면 새 리뷰의 토큰 절반이 처음 보는 것입니다. 어간 추출을 하면 그 비율이 크게 줄어듭니다.
#
# ## 5. 단어 하나는 어디에 있을까?
#
# 번호는 양이 아니라 이름표입니다. 번호 7이 번호 6보다 "더 큰" 단어인 것은 아니지요. 그래서 1장처럼 원-핫 벡터로 바꿉니다. 단어가 $V$개이면 단어 하나는 $V$차원 공간의 한 점입니다. 이 공간에서 단어들은 서로 얼마나 떨어져 있을까요? 두 가지로 잽니다. 하나는 유클리드 거리입니다.
#
# $$d(a, b) = \sqrt{\sum_k (a_k - b_k)^2}$$
#
# 다른 하나는 코사인 유사도(cosine similarity)입니다. 두 벡터의 내적을 두 길이로 나눈 것, 곧 두 화살표 사이 각도의 코사인입니다. 같은 방향이면 1, 직각이면 0, 정반대이면 $-1$입니다. 화살표의 길이는 상관없습니다.
#
# $$\cos(a, b) = \frac{\sum_k a_k b_k}{\sqrt{\sum_k a_k^2}\,\sqrt{\sum_k b_k^2}}$$

# %% [markdown] lang="en"
# Cut at spaces, half of the tokens in new reviews have never been seen before. With stemming, that share falls a great deal.
#
# ## 5. Where is a word?
#
# An id is a name, not an amount: word 7 is not "more" than word 6. So words become one-hot vectors, as in chapter 1. With $V$ words, each is a point in a space of $V$ dimensions. How far apart are words in that space? There are two measures. One is the Euclidean distance.
#
# $$d(a, b) = \sqrt{\sum_k (a_k - b_k)^2}$$
#
# The other is the **cosine similarity**: the dot product of two vectors divided by both their lengths, which is the cosine of the angle between two arrows. It is 1 for the same direction, 0 for a right angle, $-1$ for opposite directions. How long the arrows are makes no difference.
#
# $$\cos(a, b) = \frac{\sum_k a_k b_k}{\sqrt{\sum_k a_k^2}\,\sqrt{\sum_k b_k^2}}$$

# %% jupyter={"source_hidden": true}
figure, (left, right) = plots.axes(2, width=3.2, height=3.0)
arrows = ((1.0, 0.0, "(1, 0)", plots.BLUE, "-"), (0.0, 1.0, "(0, 1)", plots.ORANGE, "-"))
for ax in (left, right):
    for x, y, name, colour, style in arrows:
        ax.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0})
        ax.text(x + 0.06, y + 0.06, name, color=colour)
    ax.set(xlim=(-0.15, 1.45), ylim=(-0.15, 1.45), aspect="equal", xlabel="cell of word 0", ylabel="cell of word 1")
left.plot([1, 0], [0, 1], "--", color=plots.GREY)
left.text(0.55, 0.55, "distance", rotation=-45, ha="center", va="center", rotation_mode="anchor", backgroundcolor="white", fontsize="small")
turn = torch.linspace(0, torch.pi / 2, 50)  # (50,)
right.plot(0.35 * turn.cos(), 0.35 * turn.sin(), color=plots.GREY)
right.text(0.33, 0.33, "angle", fontsize="small")
left.set_title("How far apart are the tips?")
right.set_title("What angle do the arrows make?")
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `distances-and-cosines`
#
# 모든 쌍의 거리와 코사인을 한꺼번에 구하세요. PyTorch의 거리 함수 없이, 위의 두 식으로 씁니다.

# %% [markdown] lang="en"
# ### Your turn: `distances-and-cosines`
#
# Compute distance and cosine of all pairs at once, from the two formulas, without PyTorch's own functions for it.

# %% exercise="distances-and-cosines"
def distances_and_cosines(x):
    """How far apart the rows of x are, and at what angle.

    x: (N, D) float tensor, N at least 1; no row is all zeros.
    Returns (distances, cosines), each (N, N) of x's dtype: entry i, j is about rows i and j.
    Distances hold to rounding even where two rows are far from 0 and close to each other.
    By hand: no torch.cdist, no F.cosine_similarity.
    """
    # differences of all pairs   # (N, N, D)
    # distances                  # (N, N)
    # rows of length 1           # (N, D)
    # cosines                    # (N, N)
    ### BEGIN SOLUTION
    gaps = x[:, None] - x[None]  # (N, N, D)
    distances = gaps.square().sum(dim=2).sqrt()  # (N, N)
    unit = x / x.square().sum(dim=1, keepdim=True).sqrt()  # (N, D)
    return distances, unit @ unit.T  # (N, N), (N, N)
    ### END SOLUTION


# %% tags=["demo"]
chosen = ["맛있다", "훌륭하다", "최고", "짜다", "주차장"]  # delicious, excellent, best, salty, car park
vocab = build_vocab(stemmed, 1)
one_hots = torch.eye(len(vocab))[encode(chosen, vocab, None)]  # (5, V)
distances, cosines = distances_and_cosines(one_hots)  # (5, 5), (5, 5)
figure, axes = plots.axes(2, width=3.7, height=3.0)
for ax, values, title in zip(axes, (distances, cosines), ("distance", "cosine")):
    plots.heatmap(ax, values.mul(100).round() / 100, numbers=True, cmap="Blues", vmin=0, vmax=2.5)
    ax.set_xticks(range(len(chosen)), chosen, rotation=45)
    ax.set_yticks(range(len(chosen)), chosen)
    ax.set_title(f"Any two one-hot words: the same {title}")
plt.show()
gaps = [f"{distance:.4f}" for distance in distances[0, 1:].tolist()]
print(f"the square root of 2 is {2**0.5:.4f}; the distances are", *gaps)

# %% [markdown] lang="ko"
# 서로 다른 두 단어는 **언제나** 거리 $\sqrt{2}$, 코사인 0입니다. `맛있다`는 `훌륭하다`와도, `주차장`과도 똑같이 멉니다. 원-핫 벡터는 단어의 *뜻*을 전혀 모릅니다. 뜻이 가까운 단어를 가까이 두는 벡터는 18장에서 배웁니다. 이 장에서는 뜻을 모르는 채로 어디까지 갈 수 있는지 봅니다.
#
# ## 6. 단어 가방
#
# 단어 하나가 벡터가 되었으니 리뷰도 벡터로 만듭시다. 가장 단순한 방법: 리뷰에 든 단어의 원-핫 벡터를 **모두 더합니다**. 단어들을 가방에 쏟아 넣고 무엇이 몇 개인지만 세는 셈이라 단어 가방(bag of words)이라고 합니다.

# %% [markdown] lang="en"
# Two different words **always** have the distance $\sqrt{2}$ and the cosine 0. `맛있다` (delicious) is as far from `훌륭하다` (excellent) as from `주차장` (car park). One-hot vectors know nothing of what words *mean*. Vectors that put words of like meaning close together are the subject of chapter 18; here we see how far one gets without any meaning.
#
# ## 6. A bag of words
#
# A word is a vector now; let a review be one too. The simplest way: **add up** the one-hot vectors of its words. As if the words were thrown into a bag and only counted, which is why it is called a **bag of words**.

# %% jupyter={"source_hidden": true}
small = {"고기": 0, "가": 1, "정말": 2, "질기다": 3, "맛": 4}
sample = ["정말", "정말", "질기다", "고기", "가"]
cells = torch.eye(len(small))[[small[word] for word in sample]]  # (5, 5)
stack = torch.cat([cells, cells.sum(0, keepdim=True)])  # (6, 5)
figure, (ax,) = plots.axes(1, width=4.8, height=2.9)
plots.heatmap(ax, stack, numbers=True, cmap="Blues", vmin=0, vmax=3)
ax.set_yticks(range(6), [*sample, "the bag"])
ax.set_xticks(range(5), [f"{number}\n{word}" for word, number in small.items()])
ax.axhline(4.5, color="black", linewidth=1.5)
plots.label(ax, "A bag is the sum of one-hot vectors", "id and word of the vocabulary", "token")
plt.show()

# %% [markdown] lang="ko"
# 그림의 리뷰에는 `정말`이 두 번 나오니 가방의 그 칸은 2입니다. 코드로는 이렇게 한 줄이면 될 것 같습니다.

# %% [markdown] lang="en"
# In the picture's review `정말` (really) stands twice, so its cell in the bag is 2. In code, one line seems to be enough.

# %%
ids = torch.tensor([small[word] for word in sample])  # (T,)
bag = torch.zeros(len(small))  # (V,)
bag[ids] += 1
print("ids", ids.tolist(), "→ bag", bag.tolist())

# %% [markdown] lang="ko"
# 두 번째 `정말`이 사라졌습니다! `bag[ids] += 1`은 먼저 `bag[ids]`를 **꺼내** 1을 더한 다음 **도로 넣습니다**. 같은 칸에서 0을 두 번 꺼내 1을 두 번 넣었으니 결과는 1입니다. 오류도 경고도 없고, 반복되는 단어가 없는 짧은 리뷰에서는 아무 차이도 나지 않아 더 찾기 어렵습니다.
#
# ### 여러분 차례: `bag-of-words`
#
# 반복되는 단어도 빠짐없이 세도록 고치세요.

# %% [markdown] lang="en"
# The second `정말` is gone! `bag[ids] += 1` first **takes out** `bag[ids]`, adds 1, and then **puts it back**. From the same cell it took a 0 twice, and put a 1 back twice: that makes 1. No error, no warning; and with short reviews that repeat no word it makes no difference, which hides it even better.
#
# ### Your turn: `bag-of-words`
#
# Mend it so that repeated words are counted too.

# %% exercise="bag-of-words"
def bag_of_words(texts, V):
    """How often each word of the vocabulary stands in each review.

    texts: a list of N lists of ids (ints from 0 to V - 1), some of them perhaps empty. V: the
    number of words in the vocabulary.
    Returns an (N, V) float32 tensor of counts.
    """
    ### BEGIN SOLUTION
    bags = torch.zeros(len(texts), V)  # (N, V)
    for bag, ids in zip(bags, texts):  # bag: (V,), a view of one row
        bag += torch.bincount(torch.tensor(ids, dtype=torch.int64), minlength=V)
    return bags
    ### END SOLUTION


# %%
def count_all(texts):
    """The vocabulary of a list of reviews, and their bags (N, V)."""
    vocab = build_vocab(texts, 1)
    return vocab, bag_of_words([encode(tokens, vocab, None) for tokens in texts], len(vocab))


# %% tags=["demo"]
vocab, bags = count_all(stemmed)
print(tuple(bags.shape), f"{(bags == 0).float().mean():.1%} of the cells are 0")
figure, (ax,) = plots.axes(1, width=6.4, height=2.9)
plots.heatmap(ax, bags[:60, :120].clamp(max=3), cmap="Blues", interpolation="nearest")
plots.label(ax, "A bag is nearly empty (60 reviews, the 120 commonest words)", "word id", "review")
plt.show()

# %% [markdown] lang="ko"
# 가방에는 **순서**가 없습니다. 다음 두 리뷰를 보세요. 토큰은 손으로 적었습니다.

# %% [markdown] lang="en"
# A bag has no **order**. Look at these two reviews (their tokens are typed in by hand): "the food is kind of bad, the staff are good" the one way round, and the other way round.

# %% tags=["demo"]
first = ["음식", "은", "별로", "이고", "직원", "은", "좋다"]  # the food bad, the staff good
second = ["직원", "은", "별로", "이고", "음식", "은", "좋다"]  # the staff bad, the food good
pair = count_all([first, second])[1]  # (2, V)
print(pair, "\nthe same bag:", torch.equal(pair[0], pair[1]))

# %% [markdown] lang="ko"
# 뜻은 정반대인데 가방은 똑같습니다. 어떤 모델도 이 둘을 가려낼 수 없습니다. 9절에서 이 대가를 잽니다.
#
# ## 7. 나이브 베이즈
#
# 가방을 보고 좋았는지 아닌지 어떻게 정할까요? 먼저 세어 봅시다. 몇몇 단어가 두 종류의 리뷰에 몇 번 나오는지입니다.

# %% [markdown] lang="en"
# Opposite meanings, one bag: no model can tell these two apart. Section 9 measures what that costs.
#
# ## 7. Naive Bayes
#
# How does a bag tell whether the guest liked it? First, count: how often do some words appear in the two kinds of reviews?

# %%
shown = {
    "이": "(particle)", "맛": "taste", "맛있다": "delicious", "친절하다": "friendly",
    "너무": "too", "짜다": "salty", "별로": "poor", "불친절하다": "unfriendly",
}  # fmt: skip

# %% tags=["demo"]
vocab, bags = count_all(stemmed)
columns = encode(list(shown), vocab, None)
figure, (ax,) = plots.axes(1, width=6.8, height=2.9)
places = torch.arange(len(shown))
for label, shift, colour, hatch, name in ((0, -0.2, plots.ORANGE, "//", "disliked"), (1, 0.2, plots.BLUE, "", "liked")):
    counts = bags[labels == label].sum(0)[columns]  # (8,)
    bars = ax.bar(places + shift, counts, 0.4, color=colour, hatch=hatch, edgecolor="white", label=name)
    ax.bar_label(bars, fontsize="small")
ax.set_xticks(places, [f"{word}\n{meaning}" for word, meaning in shown.items()])
plots.label(ax, "Some words are on one side, some on both, some never on one", "", "times in all reviews")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# `이`는 양쪽에 다 흔하니 알려 주는 것이 없고, `맛있다`는 한쪽으로 크게 치우쳤습니다. 이 치우침을 **모두 모으는** 것이 나이브 베이즈(naive Bayes)입니다.
#
# ### 식으로
#
# 클래스를 $c$, 리뷰의 단어를 $w_1, \dots, w_T$라고 합시다. 알고 싶은 것은 리뷰를 읽고 난 뒤의 확률, 곧 사후 확률(posterior) $P(c \mid w_1 \dots w_T)$입니다. 세로줄 $\mid$은 "…일 때"라고 읽습니다. 베이즈 정리는 이것을 셀 수 있는 것으로 바꿉니다.
#
# $$P(c \mid w_1 \dots w_T) = \frac{P(c)\;P(w_1 \dots w_T \mid c)}{P(w_1 \dots w_T)}$$
#
# $P(c)$는 사전 확률(prior), 곧 아무것도 읽기 전에 클래스 $c$일 확률입니다. 리뷰 가운데 $c$인 것의 비율을 쓰면 됩니다. 분모는 어느 클래스에서나 같으니, 고르기만 할 때는 없어도 됩니다. 어려운 것은 $P(w_1 \dots w_T \mid c)$입니다. 똑같은 리뷰가 두 번 나오는 일은 없으니 셀 수가 없습니다. 그래서 **순진한(naive) 가정**을 합니다. *클래스를 알고 나면 단어들은 서로 상관없이 하나씩 뽑힌다.* 그러면 곱이 됩니다.
#
# $$P(w_1 \dots w_T \mid c) \approx \prod_{t=1}^{T} P(w_t \mid c), \qquad P(v \mid c) = \frac{n_{cv}}{\sum_{u} n_{cu}}$$
#
# $n_{cv}$는 클래스 $c$의 모든 리뷰에 단어 $v$가 나온 횟수입니다. 클래스 $c$의 가방을 전부 한데 쏟아 놓고 하나를 꺼낼 때 $v$가 나올 확률이지요. 이 가정은 거짓입니다("국물"이 나오면 "시원하다"도 나오기 쉽습니다). 그래도 어떤 쪽인지 고르는 데에는 꽤 쓸 만합니다.
#
# ### 한 번도 못 본 단어
#
# 위 그림에서 `짜다`는 좋았다는 리뷰에 한 번도 없습니다. 그러면 $P(\text{짜다} \mid \text{liked}) = 0$이고, 다른 단어가 아무리 칭찬해도 곱은 0입니다. 단어 하나가 거부권을 갖는 셈이지요. 우연히 못 보았을 뿐일 수도 있는데 말입니다. 그래서 모든 횟수에 작은 수 $\alpha$를 더합니다. 이것이 라플라스 평활(Laplace smoothing)이고, $\alpha = 1$이 흔합니다.
#
# $$P(v \mid c) = \frac{n_{cv} + \alpha}{\sum_{u} (n_{cu} + \alpha)}$$
#
# 분모에도 $\alpha$가 단어 수만큼 들어 있어서 확률의 합은 여전히 1입니다.
#
# ### 여러분 차례: `naive-bayes-fit`
#
# 학습이라고 해 봐야 세기가 전부입니다. 기울기도 반복도 없습니다. 다음 절에서 곱 대신 합을 쓸 수 있도록 **로그**를 돌려주세요.

# %% [markdown] lang="en"
# `이` is common on both sides and tells nothing, `맛있다` leans far to one side. **Naive Bayes** collects all these leanings.
#
# ### As a formula
#
# Call the class $c$ and the words of a review $w_1, \dots, w_T$. What we want is the probability after reading, the **posterior** $P(c \mid w_1 \dots w_T)$; read the bar $\mid$ as "given". Bayes' theorem turns it into things that can be counted.
#
# $$P(c \mid w_1 \dots w_T) = \frac{P(c)\;P(w_1 \dots w_T \mid c)}{P(w_1 \dots w_T)}$$
#
# $P(c)$ is the **prior**, the probability of class $c$ before anything is read: take the share of reviews that are $c$. The denominator is the same for every class, so for choosing one it is not needed. The hard part is $P(w_1 \dots w_T \mid c)$: no review appears twice, so there is nothing to count. Hence the **naive assumption**: *once the class is known, the words are drawn one by one, whatever the others are.* Then it is a product.
#
# $$P(w_1 \dots w_T \mid c) \approx \prod_{t=1}^{T} P(w_t \mid c), \qquad P(v \mid c) = \frac{n_{cv}}{\sum_{u} n_{cu}}$$
#
# $n_{cv}$ is how often word $v$ stands in all reviews of class $c$. Empty all bags of class $c$ on one heap and draw a word: this is the probability that it is $v$. The assumption is false (where there is broth, "refreshing" is not far), but for choosing a side it works rather well.
#
# ### Words never seen
#
# In the plot, `짜다` (salty) is in no review that liked the food. So $P(\text{짜다} \mid \text{liked}) = 0$, and whatever praise the other words sing, the product is 0. A single word has a veto, though it may have been missing by chance. So a small number $\alpha$ is added to every count. This is **Laplace smoothing**; $\alpha = 1$ is usual.
#
# $$P(v \mid c) = \frac{n_{cv} + \alpha}{\sum_{u} (n_{cu} + \alpha)}$$
#
# The denominator holds $\alpha$ as often as there are words, so the probabilities still sum to 1.
#
# ### Your turn: `naive-bayes-fit`
#
# All the training there is, is counting: no gradient, no loop of steps. Return **logs**, so that the next section can add instead of multiply.

# %% exercise="naive-bayes-fit"
def naive_bayes_fit(bags, labels, alpha):
    """Counts how likely the classes are, and the words in each of them.

    bags: (N, V) float32, the counts of words. labels: (N,) int64, classes 0 … C - 1, each with
    at least one review. alpha: a float above 0, added to the count of every word in every class.
    Returns (log_prior, log_likelihood), natural logs: (C,), of each class's share of the
    reviews, and (C, V), of the words' smoothed probabilities; exp of each of its rows sums to 1.
    """
    # words of each class       # (C, V)
    # shares along the row      # (C, V)
    # shares of the reviews     # (C,)
    ### BEGIN SOLUTION
    C = int(labels.max()) + 1
    counts = torch.stack([bags[labels == c].sum(dim=0) for c in range(C)]) + alpha  # (C, V)
    log_likelihood = torch.log(counts / counts.sum(dim=1, keepdim=True))  # (C, V)
    log_prior = torch.log(torch.bincount(labels) / len(labels))  # (C,)
    return log_prior, log_likelihood
    ### END SOLUTION


# %% tags=["demo"]
vocab, bags = count_all(stemmed)
log_prior, log_likelihood = naive_bayes_fit(bags, labels, 1.0)  # (2,), (2, V)
sums = log_likelihood.exp().sum(1)  # (2,)
print(f"prior {log_prior[1].exp():.3f} · the rows sum to {sums[0]:.3f} and {sums[1]:.3f}")
print("in 1000 words: disliked, liked")
for word, column in zip(shown, encode(list(shown), vocab, None)):
    low, high = (1000 * log_likelihood[:, column].exp()).tolist()
    print(f"{low:8.1f} {high:6.1f}  {word} {shown[word]}")

bare = bags[labels == 1].sum(0)  # (V,): the same without smoothing
bare = (bare / bare.sum()).log()  # (V,)
n = next(n for n in range(len(texts)) if "짜다" not in stemmed[n])
print("\nwithout smoothing, a review that is not even about salt scores", (bags[n] @ bare).item())

# %% [markdown] lang="ko"
# 마지막 줄을 보세요. 평활하지 않으면 `짜다`가 **나오지도 않은** 리뷰의 점수까지 `nan`입니다. 횟수 0에 $\log 0 = -\infty$를 곱했기 때문입니다. $0 \times (-\infty)$는 컴퓨터에서 `nan`입니다.
#
# ### 곱하지 말고 더하세요
#
# 이제 고르기만 하면 됩니다. 클래스마다 $P(c)\prod_t P(w_t \mid c)$를 구해 큰 쪽을 고릅니다. 그런데 단어 하나의 확률은 천분의 몇입니다. 그런 수를 몇 개까지 곱할 수 있을까요?

# %% [markdown] lang="en"
# Look at the last line. Without smoothing, even a review in which `짜다` does **not appear** scores `nan`: its count 0 was multiplied by $\log 0 = -\infty$, and $0 \times (-\infty)$ is `nan` on a computer.
#
# ### Add, don't multiply
#
# Now we only have to choose: compute $P(c)\prod_t P(w_t \mid c)$ for each class and take the larger. But the probability of one word is a few in a thousand. How many such numbers can be multiplied?

# %%
length = torch.arange(1, 31)  # (30,)
product = torch.tensor(0.002).repeat(30).cumprod(0)  # (30,) float32
figure, (ax,) = plots.axes(1, width=5.2, height=2.8)
alive = product > 0  # (30,)
ax.semilogy(length[alive], product[alive], "o", color=plots.BLUE, markersize=4, label="product, float32")
zero_at = int(length[~alive][0])
ax.axvline(zero_at, color=plots.RED, linestyle="--", label=f"exactly 0 from {zero_at} words on")
plots.label(ax, "A product of probabilities dies young", "words in the review", "product of 0.002s")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 6장에서 본 언더플로입니다. 스무 단어쯤 되는 리뷰면 두 클래스 모두 0이 되고, 0과 0 사이에서는 고를 수가 없습니다. 로그를 취하면 곱은 합이 되고, 합은 그저 큰 음수일 뿐입니다. 가방에 담긴 횟수를 $x_v$라고 쓰면
#
# $$\text{score}(c) = \log P(c) + \sum_{v=1}^{V} x_v \log P(v \mid c)$$
#
# 로그를 취해도 크고 작은 순서는 바뀌지 않으니, 점수가 가장 큰 클래스가 답입니다.
#
# ### 여러분 차례: `naive-bayes-predict`
#
# 모든 리뷰를 한꺼번에 분류하세요. 검사에는 단어가 300개인 리뷰도 있습니다.

# %% [markdown] lang="en"
# This is the underflow of chapter 6. With some twenty words both classes are at 0, and between 0 and 0 there is nothing to choose. In logs the product is a sum, and a sum is just a large negative number. With $x_v$ for the counts in the bag,
#
# $$\text{score}(c) = \log P(c) + \sum_{v=1}^{V} x_v \log P(v \mid c)$$
#
# A log never turns larger into smaller, so the class with the largest score is the answer.
#
# ### Your turn: `naive-bayes-predict`
#
# Classify all reviews at once. The check has reviews of 300 words, too.

# %% exercise="naive-bayes-predict"
def naive_bayes_predict(bags, log_prior, log_likelihood):
    """The likeliest class of each review.

    bags: (N, V) float32, the counts of words. log_prior: (C,), log_likelihood: (C, V) float32,
    natural logs as naive_bayes_fit returns them. Reviews may be long.
    Returns an (N,) int64 tensor of class numbers.
    """
    # scores          # (N, C)
    ### BEGIN SOLUTION
    scores = bags @ log_likelihood.T + log_prior  # (N, C)
    return scores.argmax(dim=1)  # (N,)
    ### END SOLUTION


# %% tags=["demo"]
vocab, bags = count_all(stemmed)
guessed = naive_bayes_predict(bags, *naive_bayes_fit(bags, labels, 1.0))  # (N,)
print(f"on the reviews it has counted: {(guessed == labels).float().mean():.1%} right")

# %% [markdown] lang="ko"
# 놀라운 수이지만 믿지 마세요. 답을 보고 센 바로 그 리뷰들로 시험을 본 것입니다. 8절에서 제대로 잽니다.
#
# ### 얼마나 확신할까?
#
# 점수는 $\log P(c, x)$입니다($x$는 리뷰의 가방). 확률로 되돌려 합이 1이 되게 나누면 사후 확률입니다. 그대로 $\exp$를 취하면 다시 언더플로이니 조심하세요. 7장에서 같은 문제를 푼 적이 있습니다.
#
# ### 여러분 차례: `posterior`

# %% [markdown] lang="en"
# An astonishing number, but do not believe it: it sat its exam on the very reviews whose answers it had counted. Section 8 measures it properly.
#
# ### How sure is it?
#
# The scores are $\log P(c, x)$, with $x$ for the review's bag. Turned back into probabilities and divided so that they sum to 1, they are the posterior. But take $\exp$ of them as they are, and they underflow again. You have solved this problem before, in chapter 7.
#
# ### Your turn: `posterior`

# %% exercise="posterior"
def posterior(bags, log_prior, log_likelihood):
    """The probability of each class, given a review.

    bags: (N, V), the counts of words. log_prior: (C,), log_likelihood: (C, V), natural logs as
    naive_bayes_fit returns them; all floats of one dtype. Reviews may be long.
    Returns an (N, C) tensor of that dtype; each row sums to 1. By hand: no softmax of PyTorch's.
    """
    # scores                       # (N, C)
    # shift, so that exp is safe   # (N, C)
    ### BEGIN SOLUTION
    scores = bags @ log_likelihood.T + log_prior  # (N, C)
    p = torch.exp(scores - scores.amax(dim=1, keepdim=True))  # (N, C), the largest is 1
    return p / p.sum(dim=1, keepdim=True)
    ### END SOLUTION


# %% tags=["demo"]
vocab, bags = count_all(stemmed)
model = naive_bayes_fit(bags, labels, 1.0)
review = ["국물", "이", "진하다"]  # the broth is rich
for times in (1, 2, 4):
    again = bag_of_words([encode(review * times, vocab, None)], len(vocab))  # (1, V)
    p = posterior(again, *model)[0, 1]  # ()
    print(f"said {times}×: liked it with probability {p:.4f}")

# %% [markdown] lang="ko"
# 같은 말을 네 번 하면 거의 확신합니다. 새로 알게 된 것은 없는데도 말입니다. 순진한 가정 때문입니다. 단어가 나올 때마다 서로 상관없는 새 증거로 칩니다. 실제 리뷰의 단어들은 서로 겹치는 말을 하니, 나이브 베이즈는 대체로 **자신감이 지나칩니다**.
#
# ### 무엇을 보고 정할까?
#
# 이 분류기의 좋은 점은 속이 훤히 보인다는 것입니다. 단어 $v$가 나올 때마다 두 클래스의 점수 차이는 정확히 $\log P(v \mid 1) - \log P(v \mid 0)$만큼 움직입니다. 이것이 그 단어의 치우침입니다.
#
# ### 여러분 차례: `telling-words`
#
# 어느 쪽으로든 가장 크게 치우친 단어들을 찾으세요. 가장 *흔한* 단어가 아닙니다.

# %% [markdown] lang="en"
# Say the same thing four times, and it is nearly certain, though nothing new was said. That is the naive assumption: each word counts as fresh evidence, independent of the rest. Words of real reviews repeat each other, and so naive Bayes is as a rule **too sure of itself**.
#
# ### What does it go by?
#
# The good thing about this classifier is that one can see right through it. Each time word $v$ appears, the difference of the two scores moves by exactly $\log P(v \mid 1) - \log P(v \mid 0)$. That is how far the word leans.
#
# ### Your turn: `telling-words`
#
# Find the words that lean furthest to either side. They are not the *commonest* words.

# %% exercise="telling-words"
def telling_words(log_likelihood, words, k):
    """The words that speak most strongly for and against.

    log_likelihood: (2, V) float32, row 0 disliked, row 1 liked. words: a list of V different
    words (str), words[v] the word with id v. k: an int from 1 to V. No two words lean alike.
    Returns (liked, disliked): two lists of k words; liked has the words with the largest
    log P(v | 1) - log P(v | 0), largest first; disliked those with the smallest, smallest first.
    """
    ### BEGIN SOLUTION
    lean = log_likelihood[1] - log_likelihood[0]  # (V,)
    order = lean.argsort(descending=True).tolist()
    return [words[v] for v in order[:k]], [words[v] for v in order[::-1][:k]]
    ### END SOLUTION


# %% tags=["demo"]
vocab, bags = count_all(stemmed)
log_likelihood = naive_bayes_fit(bags, labels, 1.0)[1]  # (2, V)
liked, disliked = telling_words(log_likelihood, sorted(vocab, key=vocab.get), 12)
lean = log_likelihood[1] - log_likelihood[0]  # (V,)
figure, axes = plots.axes(2, width=3.9, height=3.6)
meanings = {
    "고소하다": "savoury", "부드럽다": "tender", "푸다": "scoop!", "까지": "even", "진하다": "rich", "깔끔하다": "clean",
    "짐": "luggage!", "만족하다": "satisfied", "맛있다": "delicious", "바삭": "crisp", "자다": "sleep!", "예쁘다": "pretty",
    "짜다": "salty", "불친절하다": "unfriendly", "별로": "poor", "더럽다": "dirty", "적다": "few", "딱딱하다": "hard",
    "최악": "worst", "너무": "too", "미지근하다": "lukewarm", "후회": "regret", "만": "only", "느끼하다": "greasy",
    "최고": "the best", "따뜻하다": "warm", "또": "again", "저렴하다": "cheap", "달콤하다": "sweet",
    "비싸다": "expensive", "불편하다": "uncomfortable", "다시다": "smack lips!", "실망": "disappointment",
}  # fmt: skip
for ax, chosen, colour, name in zip(axes, (liked, disliked), (plots.BLUE, plots.ORANGE), ("liked", "disliked")):
    values = lean[encode(chosen, vocab, None)].abs()  # (12,)
    bars = ax.barh([f"{word}  {meanings.get(word, '')}" for word in chosen], values, color=colour)
    totals = [f"{int(bags[:, vocab[word]].sum())}×" for word in chosen]
    ax.bar_label(bars, totals, padding=2, fontsize="small")
    ax.invert_yaxis()
    ax.set_xlim(0, 3.2)
    plots.label(ax, f"Words that say: {name}", "lean (difference of logs)", "")
plt.show()

# %% [markdown] lang="ko"
# 오른쪽 숫자는 그 단어가 나온 횟수입니다. `짜다`, `불친절하다`, `고소하다`처럼 사람이 보아도 그럴듯한 단어들입니다. 그 사이에 2절의 우스운 실수들이 보이나요? `자다`는 "잘 먹었습니다"의 "잘"이고, `푸다`와 `짐`은 "푸짐하다"입니다. Okt가 **늘 똑같이** 틀린 덕분에 틀린 채로도 일을 합니다. 다만 `푸다`와 `짐`은 한 단어인데 증거로는 두 번 세어집니다. (몇 번 나오지 않은 단어 가운데에는 똑같이 치우친 것이 많습니다. 그 사이의 차례와 어느 것이 마지막 자리에 드는지는 여러분의 코드에 달려 있습니다.)
#
# ## 8. 정말 얼마나 맞힐까?
#
# 제대로 재려면 세는 데 쓰지 않은 리뷰로 시험해야 합니다. 단어장도 **학습 데이터로만** 만듭니다(5장의 누출을 떠올리세요). 시험용 리뷰는 84개뿐이라 한 번의 결과는 운에 좌우됩니다. 그래서 나누기를 스무 번 되풀이해 평균과 흩어진 정도(표준편차)를 함께 봅니다. 견줄 상대는 학습 데이터에서 더 많은 쪽만 말하는 "다수결"입니다.

# %% [markdown] lang="en"
# The numbers at the bars say how often the word appears. `짜다` (salty), `불친절하다` (unfriendly), `고소하다` (savoury): a person would agree. But do you see the funny mistakes of section 2 among them? `자다` is the 잘 of "I ate well", and `푸다` and `짐` are the one word for "generous". Because Okt is wrong in **always the same** way, its mistakes do their work all the same; only `푸다` and `짐`, one word really, count as evidence twice. (Of the words that appear a few times only, many lean exactly alike. In which order they stand, and which of them get the last seats, depends on your code.)
#
# ## 8. How often is it really right?
#
# A fair exam uses reviews that were not counted, and the vocabulary too is made **from the training reviews only** (remember the leak of chapter 5). There are only 84 reviews to test with, so a single result depends on luck. We repeat the split twenty times, and look at mean and spread (the standard deviation). The rival to beat is the "majority guess", which always says the commoner class of the training reviews.

# %%
def split(seed, test=84):
    """Numbers of the reviews to train on, and of those to test with."""
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed))  # (N,)
    return order[test:], order[:test]


def fit_and_predict(cut, train, test, alpha=1.0):
    """Posteriors of the test reviews, (number of test reviews, 2), after counting the others."""
    vocab, bags = count_all([cut[n] for n in train])  # bags: (number of training reviews, V)
    ids = [encode(cut[n], vocab, None) for n in test]
    model = naive_bayes_fit(bags, labels[train], alpha)
    return posterior(bag_of_words(ids, len(vocab)), *model)


def exam(cut, splits=20, size=None):
    """Whether each answer was right, and the reviews that it was about: two (splits, 84)."""
    right, asked = [], []
    for seed in range(splits):
        train, test = split(seed)
        right.append(fit_and_predict(cut, train[:size], test).argmax(1) == labels[test])  # (84,)
        asked.append(test)
    return torch.stack(right).float(), torch.stack(asked)


# %% tags=["demo"]
majority = []
for seed in range(20):
    train, test = split(seed)
    majority.append((labels[test] == labels[train].mode().values).float().mean())
results = {"majority guess": torch.stack(majority)}
results |= {name: exam(cut)[0].mean(1) for name, cut in cuts.items()}  # (20,) each

figure, (ax,) = plots.axes(1, width=6.2, height=2.8)
jitter = torch.linspace(-0.22, 0.22, 20)  # (20,)
for place, (name, shares) in enumerate(results.items()):
    ax.plot(shares, place + jitter, "o", color=plots.GREY if place == 0 else plots.BLUE, alpha=0.6, markersize=4)
    ax.plot([shares.mean()] * 2, [place - 0.35, place + 0.35], color="black", linewidth=2)
    print(f"{name:15s} {shares.mean():.3f} ± {shares.std():.3f}")
ax.set_yticks(range(len(results)), results)
ax.axvline(0.5, color=plots.GREY, linestyle="--", linewidth=0.8)
plots.label(ax, "Stemming helps (dots: 20 splits, lines: their means)", "accuracy on held-out reviews", "")
plt.show()

gain = results["Okt, stemmed"] - results["Okt"]  # (20,), on the same splits
print(f"stemming gains {gain.mean():+.3f} ± {gain.std():.3f}; better on {int((gain > 0).sum())} of 20 splits")

# %% [markdown] lang="ko"
# 어간 추출을 한 나이브 베이즈는 넷 중 셋쯤을 맞힙니다. 학습 데이터에서 본 95%와는 거리가 멀지만, 다수결은 확실히 넘습니다. 다수결이 절반에도 못 미치는 것은 우연이 아닙니다: 학습 쪽에 많은 클래스는 시험 쪽에 그만큼 적기 때문입니다.
#
# 어간 추출은 하지 않은 것보다 낫고, 같은 나누기끼리 견주면 스무 번 가운데 열일곱 번 그렇습니다. 다만 이 수는 *우리* 말뭉치에 대한 것입니다. 우리는 리뷰를 두 번에 걸쳐 썼습니다. 처음에 쓴 것만으로는 이 분류기가 찍는 것보다 조금 나은 정도여서, 흔히 쓰는 말로 된 평범한 리뷰를 더했습니다. 말뭉치를 누가 어떻게 만들었느냐에 따라 정답률은 얼마든지 달라집니다.
#
# 리뷰가 더 많으면 얼마나 나아질까요?

# %% [markdown] lang="en"
# With stemming, naive Bayes is right about three times in four: far from the 95% it reached on its training data, but well above the majority guess. That the latter stays below one half is no accident: the class that is commoner among the training reviews is rarer, by just that much, among the test reviews.
#
# Stemming is better than none; split by split, it is so on 17 of the 20. But mind that these numbers are about *our* corpus. It was written in two goes: with the first reviews alone this classifier did only a little better than guessing, so plainer ones, in everyday words, were added. An accuracy depends very much on who made the corpus, and how.
#
# How much would more reviews help?

# %% tags=["demo"]
sizes = (42, 84, 168, 336)
figure, (ax,) = plots.axes(1, width=5.2, height=2.8)
for (name, cut), style, shift in zip(list(cuts.items())[1:], ("s--", "o-"), (0.97, 1.03)):
    curve = torch.stack([exam(cut, 20, size)[0].mean(1) for size in sizes])  # (4, 20)
    beside = [shift * size for size in sizes]  # so that one does not hide the other
    ax.errorbar(beside, curve.mean(1), curve.std(1), fmt=style, capsize=3, label=name)
ax.axhline(0.5, color=plots.GREY, linestyle="--", linewidth=0.8)
ax.set_xscale("log", base=2)
ax.set_xticks(sizes, sizes)
plots.label(ax, "More reviews help, and stemmed ones go further", "training reviews", "held-out accuracy")
ax.legend(loc="upper left")
plt.show()

# %% [markdown] lang="ko"
# 리뷰를 두 배로 늘릴 때마다 나아지고, 아직 평평해지지 않았습니다. 어간 추출을 하면 **절반의 리뷰로** 비슷한 곳까지 갑니다.
#
# ## 9. 어디서 틀릴까?
#
# 스무 번의 나누기에서 시험에 세 번 넘게 나오고 **매번** 틀린 리뷰를 모아 봅시다.

# %% [markdown] lang="en"
# It gets better with each doubling, and has not levelled off yet. With stemming, **half the reviews** take one about as far.
#
# ## 9. Where is it wrong?
#
# Collect the reviews that were tested more than three times in the twenty splits and that it got wrong **every time**.

# %% tags=["demo"]
right, asked = exam(stemmed)  # (20, 84), (20, 84)
tested = torch.bincount(asked.flatten(), minlength=len(data))  # (N,)
solved = torch.bincount(asked.flatten(), right.flatten(), minlength=len(data))  # (N,)
hopeless = ((tested > 3) & (solved == 0)).nonzero()[:, 0].tolist()
print(len(hopeless), "reviews, among them:\n")
for n in hopeless[:12]:
    print(f"{data[n].label}  {data[n].text}\n   {data[n].english}")

# %% [markdown] lang="ko"
# (`torch.bincount`에 둘째 인수를 주면 1 대신 그 수를 더합니다. 여기서 `tested[asked] += 1`이라고 썼다면 6절의 함정에 다시 빠졌을 것입니다.)
#
# 세 종류가 눈에 띕니다.
#
# - **부정.** "맛있다고 해서 갔는데 전혀 맛있지 않았어요"에는 `맛있다`가 두 번이나 들어 있습니다. `않다`는 따로 있는 단어일 뿐, 무엇을 부정하는지 가방은 모릅니다.
# - **비꼬기와 돌려 말하기.** "덕분에 다이어트가 됩니다"는 단어만 보면 고맙다는 말입니다. 거꾸로 "다른 데는 못 가요"는 최고의 칭찬인데 `못`이 들어 있습니다.
# - **모르는 단어.** "가방이 다 젖었어요"처럼 결정적인 단어를 학습 데이터에서 거의 보지 못한 경우입니다. 리뷰를 더 모아서 풀리는 것은 주로 이것입니다.
#
# 첫째 것을 재어 봅시다. `안`, `못`, `않다` 가운데 하나라도 들어 있는 리뷰와 그렇지 않은 리뷰에서 따로 정답률을 냅니다.

# %% [markdown] lang="en"
# (Given a second argument, `torch.bincount` adds those numbers instead of 1s. To write `tested[asked] += 1` here would have been the trap of section 6 again.)
#
# Three kinds stand out.
#
# - **Negation.** "People said it was good, but it was not good at all" holds the word `맛있다` (tasty) twice. `않다` (not) is just another word: the bag does not know what it negates.
# - **Irony and roundabout ways.** "Thanks to them my diet works" is gratitude, word by word. And "you cannot go anywhere else" is the highest praise, with a `못` (cannot) in it.
# - **Unknown words.** In "my bag got soaked", the word that matters was hardly ever seen in the training reviews. It is mainly this one that more reviews would cure.
#
# Let us measure the first kind: the accuracy on reviews with at least one of `안`, `못` and `않다` (three words for "not"), and on the others.

# %%
negations = {"안", "못", "않다"}
negated = torch.tensor([bool(negations & set(tokens)) for tokens in stemmed])  # (N,)
print(f"with a negation: {int(negated.sum())} reviews, without: {int((~negated).sum())}")

# %% tags=["demo"]
right, asked = exam(stemmed)  # (20, 84), (20, 84)
for name, group in (("with a negation", negated), ("without", ~negated)):
    print(f"{name:15s}: {right[group[asked]].mean():.1%} right")
vocab, bags = count_all(stemmed)
for word in ("안", "못", "않다"):
    column = bags[:, vocab[word]]  # (N,)
    print(f"{word}: {int(column[labels == 0].sum())} times disliked, {int(column[labels == 1].sum())} times liked")

# %% [markdown] lang="ko"
# 부정이 든 리뷰에서는 정답률이 뚝 떨어져, 찍는 것보다 조금 나은 정도입니다. `안`과 `못`은 나쁜 리뷰에, `않다`는 좋은 리뷰에 더 자주 나오지만, 셋 다 양쪽에 나옵니다. 있다는 것만으로는 모자랍니다. *무엇을* 부정하느냐가 중요하니까요.
#
# ### 여러분 차례: `mark-negation`
#
# 가방에 넣기 **전에** 손을 씁시다. 부정된 단어에 "NOT_"을 붙이면 `가다`와 `NOT_가다`는 서로 다른 단어가 됩니다. 한국어의 부정은 두 방향입니다. `안`과 `못`은 **다음** 단어를 부정하고(안 가다), `않다`는 **앞** 단어를 부정합니다(맵지 않다).

# %% [markdown] lang="en"
# With a negation in the review the accuracy drops sharply, to a little above guessing. `안` and `못` are in reviews that disliked the place more often, `않다` in those that liked it, but each is in both. That one is there is not enough; what matters is *what* it negates.
#
# ### Your turn: `mark-negation`
#
# Let us do something **before** the words go into the bag. Put "NOT_" in front of a negated word, and `가다` (go) and `NOT_가다` are two different words. Korean negates in two directions: `안` and `못` negate the **next** word, `않다` the one **before** it.

# %% exercise="mark-negation"
def mark_negation(tokens, before, after):
    """Marks negated words, and takes the words of negation out.

    tokens: a list of words (str), perhaps empty. before: a list of words that stand before what
    they negate. after: a list of words that stand after it. No word is in both lists, and no two
    words of negation stand side by side.
    Returns a list: each token negated by the word before it (one of `before`) or after it (one
    of `after`) gets "NOT_" in front, "NOT_NOT_" if by both; the words of negation are left out.
    But a word of `before` at the very end and a word of `after` at the very start negate
    nothing, and stay as they are.
    """
    ### BEGIN SOLUTION
    marked, pending = [], False
    for place, token in enumerate(tokens):
        if token in before and place < len(tokens) - 1:
            pending = True
        elif token in after and marked:
            marked[-1] = "NOT_" + marked[-1]
        else:
            marked.append("NOT_" + token if pending else token)
            pending = False
    return marked
    ### END SOLUTION


# %% tags=["demo"]
marked = [mark_negation(tokens, ["안", "못"], ["않다"]) for tokens in stemmed]
n = next(n for n in range(len(texts)) if "않다" in stemmed[n] and "NOT_느끼하다" in marked[n])
print(texts[n], f"({data[n].english})\n", " · ".join(marked[n]), "\n")
(before, asked), (after, _) = exam(stemmed), exam(marked)  # (20, 84) each, on the same reviews
for name, group in (("with a negation", negated), ("without", ~negated)):
    chosen = group[asked]  # (20, 84)
    print(f"{name:15s}: {after[chosen].mean():.1%} right, before {before[chosen].mean():.1%}")
gain = after.mean(1) - before.mean(1)  # (20,)
print(f"all: {after.mean():.3f}, before {before.mean():.3f}, gain {gain.mean():+.3f} ± {gain.std():.3f}")
names = Counter(token for tokens in marked for token in tokens if token.startswith("NOT_"))
print(len(names), "marked words,", sum(count == 1 for count in names.values()), "of them only once")

# %% [markdown] lang="ko"
# 부정이 든 리뷰에서는 뚜렷이 나아졌습니다. 하지만 다른 리뷰만큼은 아니고, 그런 리뷰가 많지 않으니 전체의 이득은 나누기마다 흩어진 정도에 견주면 작습니다. 마지막 줄이 벽을 보여 줍니다. 표시된 단어는 대부분 **한 번밖에** 나오지 않아 배울 것이 없습니다. `NOT_느끼하다`가 `느끼하다`의 반대라는 것을 이 모델은 모릅니다. 5절에서 본 대로, 다른 두 단어는 그저 다를 뿐이니까요. 규칙을 하나씩 덧붙이는 것으로는 언어를 따라잡기 어렵습니다.
#
# ### 자신만만한가, 믿을 만한가?
#
# 마지막으로, 나이브 베이즈의 사후 확률을 믿어도 될까요? 확신하는 정도에 따라 나누어 실제 정답률과 견줍니다.

# %% [markdown] lang="en"
# On reviews with a negation it is clearly better. But not as good as on the others, and as there are few of them, the gain over all is small against its spread over the splits. The last line shows the wall: most marked words appear **only once**, so there is nothing to learn from them. That `NOT_느끼하다` is the opposite of `느끼하다` (greasy), this model does not know: as section 5 showed, two different words are just different. Adding rule after rule, one hardly keeps up with language.
#
# ### Is it as good as it thinks?
#
# Finally: can the posterior of naive Bayes be trusted? Sort the answers by how sure it was, and compare with how often it was right.

# %% tags=["demo"]
sure, right = [], []
for seed in range(20):
    train, test = split(seed)
    p = fit_and_predict(stemmed, train, test)  # (84, 2)
    sure.append(p.amax(1))
    right.append(p.argmax(1) == labels[test])
sure, right = torch.cat(sure), torch.cat(right).float()  # (1680,), (1680,)
edges = torch.tensor([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])
figure, (ax,) = plots.axes(1, width=4.6, height=3.0)
ax.plot([0.5, 1], [0.5, 1], "--", color=plots.GREY, label="as good as it thinks")
groups = [(sure >= low) & (sure <= high) for low, high in zip(edges, edges[1:])]
points = [(sure[group].mean(), right[group].mean()) for group in groups]
ax.plot(*zip(*points), "o-", color=plots.BLUE, label="measured")
plots.label(ax, "It is too sure of itself", "how sure it was (posterior)", "share right")
ax.legend()
plt.show()
print(f"sure on average {sure.mean():.2f}, right {right.mean():.2f}")

# %% [markdown] lang="ko"
# 점이 점선 아래에 있으면 자신감이 지나치다는 뜻입니다. 평균으로는 확신이 정답률보다 높습니다. 그래도 더 확신할 때 대체로 더 자주 맞히니, "확신이 없는 리뷰는 사람에게 보여 주기" 같은 쓰임에는 쓸 만합니다.
#
# ## 정리
#
# - 글은 토큰, 번호, 벡터의 차례로 숫자가 됩니다. 한국어에서는 어간 추출이 단어의 수와 모르는 단어를 크게 줄이고, 정답률도 높였습니다.
# - 단어장은 *정해진* 순서(예: 횟수가 많은 순서)로 만듭니다. `for pair in counts`에서 나오는 것은 단어이고, `set`에는 순서가 없습니다.
# - 서로 다른 원-핫 벡터는 언제나 거리 $\sqrt{2}$, 코사인 0입니다. 뜻은 들어 있지 않습니다.
# - 단어 가방은 원-핫 벡터의 합입니다. `bag[ids] += 1`은 반복을 잃고, 가방은 순서를 잃습니다.
# - 나이브 베이즈는 세기만으로 학습합니다. 모든 횟수에 $\alpha$를 더하고(분모에도), 곱하지 말고 로그를 더합니다.
# - 처음 보는 리뷰로, 여러 번 나누어, 다수결과 견주어 잽니다. 부정과 비꼬기는 단어 순서를 잃은 대가입니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. alpha를 아주 크게 하면, 또는 아주 작게 하면 어떻게 되나요?</summary>
#
# 아주 크면 모든 단어의 확률이 $1/V$에 가까워져 사전 확률만 남습니다. 아주 작으면 한쪽에서만 본 단어가 거의 거부권을 갖습니다. `fit_and_predict`의 `alpha`를 바꾸어 재어 보세요. 고를 때에는 시험용이 아니라 따로 떼어 둔 검증용 리뷰로 골라야 합니다(8장).
# </details>
#
# <details><summary>2. 나이브 베이즈는 로지스틱 회귀와 어떤 사이인가요?</summary>
#
# 두 점수의 차이는 $\sum_v x_v (\log P(v \mid 1) - \log P(v \mid 0)) + \log P(1) - \log P(0)$입니다. 6장의 $w \cdot x + b$와 꼭 같은 꼴, 곧 선형 분류기이고, 사후 확률은 그 시그모이드입니다. 다른 것은 가중치를 얻는 방법입니다. 나이브 베이즈는 단어마다 따로 세고, 로지스틱 회귀는 기울기를 따라 모든 가중치를 함께 맞춥니다. 그래서 `푸다`와 `짐`처럼 늘 붙어 다니는 단어를 두 번 세지 않습니다.
# </details>
#
# <details><summary>3. 마침표와 조사는 빼는 것이 낫지 않나요?</summary>
#
# 아무것도 알려 주지 않는 단어는 두 클래스에 똑같이 더해지니 그대로 두어도 거의 해가 없습니다. 그런데 이런 단어가 정말 아무것도 알려 주지 않는지는 세어 봐야 압니다. 우리 리뷰에서는 조사 `만`("짜기만 하다")과 `까지`("디저트까지")가 꽤 치우쳐 있습니다.
# </details>
#
# <details><summary>4. 이웃한 두 단어를 묶어 한 단어로 치면(bigram) 순서를 되찾을 수 있지 않나요?</summary>
#
# 일부는 되찾습니다. `안 가다`가 한 단어가 되니까요. 대신 단어의 수가 몇 배로 늘고 대부분은 한 번밖에 나오지 않습니다. `NOT_`에서 본 것과 같은 벽입니다. `[a + " " + b for a, b in zip(tokens, tokens[1:])]`를 토큰에 더해 재어 보세요.
# </details>
#
# <details><summary>5. 모르는 단어를 빼지 않고 번호를 하나 주면 어떻게 되나요?</summary>
#
# 학습 데이터에는 그 번호의 단어가 한 번도 나오지 않으니 두 클래스 모두 평활로 얻은 확률뿐입니다. 두 클래스의 단어 수가 다르면 분모가 달라서, 모르는 단어가 나올 때마다 아무 뜻 없이 한쪽으로(단어가 적은 쪽으로) 조금씩 치우칩니다. 그래서 나이브 베이즈에서는 빼는 것이 낫습니다.
# </details>

# %% [markdown] lang="en"
# A point below the dashed line means that it was too sure; on average it is surer than it is right. Still, on the whole it is right more often when it is surer, which is good enough for "show the doubtful ones to a person".
#
# ## Summary
#
# - Text becomes numbers by way of tokens, ids and vectors. In Korean, stemming makes the vocabulary and the unknown words much fewer, and it made the answers better.
# - A vocabulary is made in a *definite* order, such as by count. What `for pair in counts` yields are words, and a `set` has no order.
# - Different one-hot vectors always have the distance $\sqrt{2}$ and the cosine 0. There is no meaning in them.
# - A bag of words is a sum of one-hot vectors. `bag[ids] += 1` loses repetitions, and a bag loses the order.
# - Naive Bayes learns by counting. Add $\alpha$ to every count (and so to the denominator), and add logs instead of multiplying.
# - Measure on reviews never seen, over several splits, against the majority guess. Negation and irony are the price of having lost the order of words.
#
# ## Further questions
#
# <details><summary>1. What if alpha is very large, or very small?</summary>
#
# If very large, all words get a probability close to $1/V$, and only the prior is left. If very small, a word seen on one side only has almost a veto. Change the `alpha` of `fit_and_predict` and measure. To *choose* one, use validation reviews set apart, not those of the exam (chapter 8).
# </details>
#
# <details><summary>2. How is naive Bayes related to logistic regression?</summary>
#
# The difference of the two scores is $\sum_v x_v (\log P(v \mid 1) - \log P(v \mid 0)) + \log P(1) - \log P(0)$. That is just the form $w \cdot x + b$ of chapter 6, a linear classifier, and the posterior is its sigmoid. What differs is where the weights come from: naive Bayes counts each word by itself, logistic regression fits all weights together along the gradient. So it does not count words twice that always come together, such as `푸다` and `짐`.
# </details>
#
# <details><summary>3. Would it not be better to leave out full stops and particles?</summary>
#
# A word that tells nothing adds the same to both classes, so it does hardly any harm. But whether it really tells nothing, only counting can say. In our reviews, the particles `만` ("just salty") and `까지` ("down to the dessert") lean quite a bit.
# </details>
#
# <details><summary>4. Joining neighbours into one word (bigrams) should bring the order back, shouldn't it?</summary>
#
# Some of it: `안 가다` (not go) is one word then. But there are several times as many words, and most of them appear once. It is the wall that we ran into with `NOT_`. Add `[a + " " + b for a, b in zip(tokens, tokens[1:])]` to the tokens, and measure.
# </details>
#
# <details><summary>5. What if unknown words get an id instead of being left out?</summary>
#
# No training review has a word of that id, so both classes have nothing for it but the smoothing. If one class has fewer words than the other, its denominator is smaller, and each unknown word leans a little to that side, for no reason at all. So for naive Bayes it is better to leave them out.
# </details>
