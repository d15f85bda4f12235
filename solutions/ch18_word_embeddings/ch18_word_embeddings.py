# ---
# jupyter:
#   course:
#     ko: 단어 임베딩, Word2Vec과 GloVe
#     en: Word embeddings, Word2Vec and GloVe
#     minutes: 120
# ---

# %% [markdown] lang="ko"
# # 18장. 단어 임베딩, Word2Vec과 GloVe
#
# **누구를 위한 장인가요?** 단어를 번호로 바꿀 줄은 알지만, "비슷한 단어는 비슷한 벡터"라는 말이 어떻게 이루어지는지는 모르는 사람. `nn.Embedding`의 수들이 어디서 뜻을 얻는지 궁금해진 사람.
#
# **걸리는 시간** 약 120분 · **먼저 알아야 할 것** 인덱싱과 마스크(1장), 시그모이드와 로짓(6장), 교차 엔트로피(7장), Adam(12장), 토큰과 단어장과 원-핫 벡터(17장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 문장에서 CBOW와 skip-gram의 학습 짝을 빠짐없이 만들 수 있습니다.
# - 두 모델의 손실과 네거티브 표본 추출을 직접 쓰고, 대한민국 헌법과 음식점 리뷰로 단어 벡터를 학습시킬 수 있습니다.
# - 비슷한 단어를 찾고, 왜 내적이 아니라 코사인이어야 하는지 보일 수 있습니다.
# - GloVe가 무엇을 무엇에 맞추는지 식으로 쓰고, 어떤 데이터에서 서툰지 재어 말할 수 있습니다.
# - "왕 − 남자 + 여자 = 여왕"이 언제 되고 언제 되는 *척*하는지 가려낼 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 18. Word embeddings, Word2Vec and GloVe
#
# **Who is this for?** You can turn words into numbers, but how does it come about that "similar words have similar vectors"? Perhaps you have wondered where the numbers in an `nn.Embedding` get their meaning from.
#
# **Time** about 120 minutes · **You need** indexing and masks (chapter 1), sigmoid and logits (chapter 6), cross entropy (chapter 7), Adam (chapter 12), tokens, vocabulary and one-hot vectors (chapter 17)
#
# **Afterwards you can**
#
# - make the training pairs of CBOW and skip-gram from sentences, and lose none,
# - write the losses of both models and negative sampling, and train word vectors on the Korean constitution and on restaurant reviews,
# - find similar words, and show why it takes the cosine and not the dot product,
# - write down what GloVe fits to what, and say, having measured it, where it is clumsy,
# - tell when "king − man + woman = queen" works, and when it only *pretends* to.

# %%
import itertools
from collections import Counter

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.korean import constitution, morphs, reviews, use_hangul_font

plots.use_course_style()
use_hangul_font()

# %% lang="ko"
open_chapter("ch18_word_embeddings", "ko")

# %% lang="en"
open_chapter("ch18_word_embeddings", "en")

# %% [markdown] lang="ko"
# ## 1. 빈칸에 들어갈 말
#
# 문장 하나를 봅시다. "이 집은 ______이 진하고 시원해요." 빈칸에 무엇이 들어갈까요? 국물, 육수, 찌개 … 헌법이나 국회는 아닙니다. 단어를 보지 않고도 압니다. **곁에 있는 말**이 알려 주기 때문입니다. 곁에 비슷한 말을 두는 단어는 뜻도 비슷하다는 것, 이것이 이 장의 전부라고 해도 됩니다. 곁에 있는 말을 문맥(context)이라고 합니다.
#
# 17장의 원-핫 벡터는 이것을 모릅니다. 단어마다 제 자리에 1이 하나 있을 뿐이어서, 국물과 육수도 국물과 헌법만큼 멉니다.

# %% [markdown] lang="en"
# ## 1. Fill in the blank
#
# Here is a sentence: "The ______ is rich and refreshing here." What goes into the blank? Broth, soup, stew … but not "constitution" or "parliament". You know without seeing the word, because the words **next to it** tell you. Words that keep similar company have similar meanings: you might say that this is the whole chapter. The company of a word is called its context.
#
# The one-hot vectors of chapter 17 know nothing of this. Each word has a single 1 in a place of its own, and so "broth" is as far from "soup" as it is from "constitution".

# %%
three = ["국물", "육수", "헌법"]  # broth, soup stock, constitution
hot = F.one_hot(torch.arange(3), 5).float()  # (3, V), V = 5
for a, b in itertools.combinations(range(3), 2):
    distance, dot = (hot[a] - hot[b]).norm(), hot[a] @ hot[b]
    print(f"{three[a]} - {three[b]}: distance {distance:.4f}, cosine {dot:.0f}")

# %% [markdown] lang="ko"
# 어느 둘을 골라도 거리는 $\sqrt 2$, 코사인은 0입니다. 우리가 바라는 것은 비슷한 말끼리 가까운 벡터, 곧 단어 임베딩(word embedding)입니다. 말을 공간에 "심는다"는 뜻입니다.
#
# 읽힐 글은 둘입니다. KoNLPy에 들어 있는 대한민국 헌법(`kolaw`)과, 17장에서 쓴 우리의 음식점 리뷰입니다. 토큰으로 나누는 일은 17장의 `morphs`가 합니다(조금 기다리세요). 그중 조사와 문장부호처럼 어디에나 나오는 토큰은 뺍니다. 곁에 있어도 아무것도 알려 주지 않으니까요. 네 번보다 적게 나온 단어도 뺍니다. 세 번 본 곁말로는 배울 것이 거의 없습니다.

# %% [markdown] lang="en"
# Whichever two you pick, the distance is $\sqrt 2$ and the cosine 0. What we want is vectors that are close for words that are alike: a word embedding, so called because it beds words into a space.
#
# There are two texts to read: the constitution of the Republic of Korea, which comes with KoNLPy (`kolaw`), and our own restaurant reviews from chapter 17. The `morphs` of chapter 17 cuts them into tokens (this takes a moment). Tokens that stand everywhere, such as particles and punctuation, are left out: that they are near tells nothing. So are words that occur fewer than four times, for three glimpses of a word's company teach little.

# %% tags=["demo"]
law_tokens = morphs(constitution())
review_tokens = morphs([review.text for review in reviews()])
GLUE = set(
    """. , · ! ? 의 에 을 은 이 를 는 과 와 가 로 으로 에는 에서 도 만 한 하다 되다 있다 수 또는 그 및 바 때
    적 이다 제 하고 고 것 게 요 이나 나 중 자 하 여 없다 아니다 의하다 이에요 예요 이라 에게 까지""".split()
)
law, food = ([[w for w in s if w not in GLUE] for s in part] for part in (law_tokens, review_tokens))
seen = Counter(w for sentence in law + food for w in sentence)
vocab = [word for word, n in seen.most_common() if n >= 4]  # most frequent first
word_id = {word: i for i, word in enumerate(vocab)}
texts = [[word_id[w] for w in sentence if w in word_id] for sentence in law + food]
V = len(vocab)
for name, part in (("constitution", law_tokens), ("reviews", review_tokens)):
    print(f"{name}: {len(part)} sentences, {sum(map(len, part))} tokens")
print(f"kept: {V} words, in {sum(map(len, texts))} places")

# %% [markdown] lang="ko"
# 정말 곁말이 뜻을 알려 주는지 봅시다. 단어 여섯 개가 어떤 단어들과 **한 문장에** 나왔는지 셉니다.

# %% [markdown] lang="en"
# Does the company really tell the meaning? For six words, count with which others they stand **in one sentence**: 대통령 president, 국무총리 prime minister, 법관 judge, 음식 food, 고기 meat, 국물 broth. The others: 임명 appoint, 임기 term of office, 국회 parliament, 헌법 constitution, 법률 law, 직무 duty; 맛있다 delicious, 먹다 eat, 시원하다 refreshing, 나오다 come (to the table), 좋다 good, 정말 really.

# %% tags=["demo"]
rows = "대통령 국무총리 법관 음식 고기 국물".split()
columns = "임명 임기 국회 헌법 법률 직무 맛있다 먹다 시원하다 나오다 좋다 정말".split()
together = [[sum(a in s and b in s for s in law + food) for b in columns] for a in rows]
figure, (ax,) = plots.axes(1, width=7.0, height=2.9)
scale = plt.matplotlib.colors.PowerNorm(0.5, vmin=0, vmax=40)  # small counts are to be seen, too
plots.heatmap(ax, torch.tensor(together), numbers=True, cmap="Blues", norm=scale)
ax.set_xticks(range(len(columns)), columns, rotation=30)
ax.set_yticks(range(len(rows)), rows)
plots.label(ax, "Words of a kind keep the same company", "stands in the same sentence", "word")
plt.show()

# %% [markdown] lang="ko"
# 위의 세 줄과 아래의 세 줄이 확연히 갈립니다. 임명과 임기 곁에는 공직자가, 먹다와 좋다 곁에는 먹을 것이 있습니다. 이 표의 한 줄도 이미 벡터이고, 7절의 GloVe는 이런 표에서 출발합니다. Word2Vec은 표를 만들지 않고, 곁말을 **맞히는 문제**를 풀게 합니다. 문제를 풀다 보면 벡터가 생깁니다.
#
# ## 2. 문장에서 문제를 만들기
#
# 문장 위로 창(window)을 밀고 갑니다. 창의 가운데 단어(centre)와 그 곁의 문맥이 문제 하나입니다.

# %% [markdown] lang="en"
# The upper three rows and the lower three clearly part ways. Near "appoint" (임명) and "term of office" (임기) there are officials, near "eat" (먹다) and "good" (좋다) there is something to eat. A row of this table is a vector already, and GloVe in section 7 starts from such a table. Word2Vec makes no table. It sets **a puzzle**: guess the company. Solving it, vectors come about.
#
# ## 2. Making puzzles out of sentences
#
# Slide a window over the sentence. The word in its middle, the centre, and the context around it are one puzzle. The sentence here: “고기 도 국물 도 정말 맛있다”, "the meat as well as the broth is really delicious".

# %%
example = "고기 도 국물 도 정말 맛있다".split()
window = 2
distance = (torch.arange(6)[:, None] - torch.arange(6)).abs()  # (T, T)
figure, (ax,) = plots.axes(1, width=5.2, height=3.0)
role = torch.where(distance == 0, 2.0, (distance <= window).float())  # 2 centre, 1 context, 0
ax.imshow(role, cmap=plt.matplotlib.colors.ListedColormap(["#f1f3f5", "#a8cbe8", "#f0b66a"]))
for i, j in itertools.product(range(6), repeat=2):
    ax.text(j, i, example[j], ha="center", va="center", color="black" if role[i, j] else "#b8bdc4")
ax.grid(False)
ax.set_xticks([])
ax.set_yticks(range(6))
ax.set_aspect("auto")
plots.label(ax, "Centre (orange) and context (blue), window 2", "", "place of the centre")
plt.show()

# %% [markdown] lang="ko"
# 여기서 **window는 한쪽의 이웃 수**입니다. 창에는 모두 $2 \cdot \text{window} + 1$개가 들어갑니다. 이 과정의 바탕이 된 노트는 설명에서는 창 전체를 세어 "window 3(앞, 자기 자신, 뒤)"이라 하고 코드에서는 한쪽을 셉니다. 노트의 코드로 말하면 그것은 window 1입니다. 둘째 문제를 풀고 나서 확인합니다.
#
# 같은 창에서 두 가지 문제가 나옵니다.
#
# - **CBOW**(continuous bag of words): 문맥 *전부*를 보고 가운데 단어를 맞힙니다. 짝은 (문맥, 가운데)입니다.
# - **skip-gram**: 가운데 단어를 보고 문맥의 단어를 *하나씩* 맞힙니다. 짝은 (가운데, 이웃 하나)입니다.
#
# 그림의 위와 아래를 보세요. 문장 끝에서는 창이 문장 밖으로 나가 이웃이 모자랍니다. 이런 자리를 버릴지(`keep_edges=False`), 있는 이웃만으로 쓸지(`keep_edges=True`) 정해야 합니다.
#
# ### 여러분 차례: `cbow-pairs`

# %% [markdown] lang="en"
# Here **window is the number of neighbours on one side**; the window holds $2 \cdot \text{window} + 1$ words. The notes this course grew from count the whole window in their text, "window 3 (before, itself, after)", and one side in their code. In the convention of their own code that is window 1. You will check this after the second exercise.
#
# One window makes two kinds of puzzle.
#
# - **CBOW** (continuous bag of words): see the *whole* context, guess the centre. A pair is (context, centre).
# - **skip-gram**: see the centre, guess the words of the context *one by one*. A pair is (centre, one neighbour).
#
# Look at the top and the bottom of the picture. At the ends of a sentence the window sticks out, and neighbours are missing. Either such places are dropped (`keep_edges=False`), or they make do with the neighbours there are (`keep_edges=True`).
#
# ### Your turn: `cbow-pairs`

# %% exercise="cbow-pairs"
def cbow_pairs(tokens, window, keep_edges):
    """The training pairs of CBOW from one sentence: the context predicts the centre.

    tokens: a list of words, or of their numbers, perhaps empty; a word may come twice. window:
    an int, at least 1, how many neighbours are seen on each side. keep_edges: True makes a pair at every place
    that has at least one neighbour, of those there are; False only where there are window
    neighbours on both sides.
    Returns a list of (context, centre) in the order of the centres, each context a list of
    words from left to right, without the centre.
    """
    pairs = []
    ### BEGIN SOLUTION
    for i, centre in enumerate(tokens):
        context = tokens[max(0, i - window) : i] + tokens[i + 1 : i + window + 1]
        if context and (keep_edges or len(context) == 2 * window):
            pairs.append((context, centre))
    ### END SOLUTION
    return pairs


# %% tags=["demo"]
for keep_edges in (False, True):
    print(f"keep_edges={keep_edges}")
    for context, centre in cbow_pairs(example, 2, keep_edges):
        print(f"    {' '.join(context):14s} -> {centre}")

# %% [markdown] lang="ko"
# ### 함정: 한 번도 배우지 못하는 단어
#
# 이번에는 skip-gram의 짝입니다. 아래 코드는 오류 없이 돌아가고, 언뜻 보면 그럴듯한 짝이 나옵니다. 하지만 **잘못이 셋** 있습니다. 위의 예문에서 나온 짝을 그림과 견주어 찾아보세요.

# %% [markdown] lang="en"
# ### A trap: words that never learn
#
# Now the pairs of skip-gram. The code below raises no error, and what it prints looks plausible. But **three things are wrong** with it. Compare its pairs with the picture above, and find them.

# %%
def broken_pairs(tokens, window):
    pairs = []
    for i in range(window, len(tokens) - window):
        for j in range(i - window, i + window + 1):
            if tokens[j] != tokens[i]:
                pairs.append((tokens[j], tokens[i]))
    return pairs


print(*broken_pairs(example, 2))

# %% tags=["demo"]
centres = {centre for s in review_tokens for _, centre in broken_pairs(s, 2)}
words = {word for s in review_tokens for word in s}
print(f"reviews: {len(words - centres)} of {len(words)} words are never a centre, such as")
print(" ", *[w for w in dict.fromkeys(w for s in review_tokens for w in s) if w not in centres][:12])

# %% [markdown] lang="ko"
# 1. **문장 끝을 건너뜁니다.** 노트의 코드도 그렇습니다. 문장의 처음 두 자리와 마지막 두 자리는 가운데가 되지 못합니다. 그런데 우리가 단어의 벡터로 쓸 것은 그 단어가 *가운데일 때* 학습됩니다(3절). 그래서 이런 자리에만 오는 단어는 제 벡터를 배울 기회가 없고, 학습이 끝나도 그 벡터는 처음의 난수 그대로입니다. 한국어에서 문장의 마지막은 하필 맛있다, 친절하다 같은 **서술어의 자리**입니다! 노트의 리뷰 열 개에서는 단어 60개 중 19개가 그랬고, 이 두 서술어도, 문장 첫머리에 온 "맛"과 "위생"도 거기 들어 있었습니다.
# 2. **자리가 아니라 단어를 견줍니다.** 국물을 사이에 둔 두 "도"는 서로의 이웃인데 짝이 없습니다.
# 3. **순서가 거꾸로입니다.** 노트의 설명도 짝을 (주변 단어, 중심 단어)로 적습니다. skip-gram은 가운데를 *보고* 이웃을 맞히므로 (가운데, 이웃)입니다.
#
# ### 여러분 차례: `skipgram-pairs`
#
# 셋 다 고치세요. 앞에서 만든 `cbow_pairs`를 쓰면 쉽습니다.

# %% [markdown] lang="en"
# 1. **It skips the ends of sentences**, as the code in the notes does. The first two places of a sentence and the last two never become a centre. But what we shall use as a word's vector is learned when the word *is* the centre (section 3). So a word that stands only in such places has no chance of learning its vector: after training it is still the random numbers it started with. In Korean the end is just **where the predicate stands**: 맛있다 (is delicious), 친절하다 (is friendly)! In the notes' ten reviews this befell 19 of 60 words, among them these two predicates, and 맛 (taste) and 위생 (hygiene), which stand at the beginning.
# 2. **It compares words, not places.** The two 도 on either side of 국물 are neighbours of one another, but there is no such pair.
# 3. **The order is the wrong way round.** The notes' text, too, gives the pair as (context word, centre). Skip-gram *sees* the centre and guesses a neighbour: (centre, neighbour).
#
# ### Your turn: `skipgram-pairs`
#
# Mend all three. With your `cbow_pairs` it is easy.

# %% exercise="skipgram-pairs"
def skipgram_pairs(tokens, window, keep_edges):
    """The training pairs of skip-gram from one sentence: the centre predicts each neighbour.

    tokens, window, keep_edges: as in cbow_pairs; the same places are centres.
    Returns a list of (centre, neighbour) in the order of the centres, and for each centre in
    the order of the neighbours, from left to right. A pair that comes twice is there twice.
    """
    ### BEGIN SOLUTION
    pairs = cbow_pairs(tokens, window, keep_edges)
    return [(centre, word) for context, centre in pairs for word in context]
    ### END SOLUTION


# %% tags=["demo"]
for keep_edges in (False, True):
    cbow = [pair for s in review_tokens for pair in cbow_pairs(s, 2, keep_edges)]
    skip = [pair for s in review_tokens for pair in skipgram_pairs(s, 2, keep_edges)]
    never = len(words - {centre for centre, _ in skip})
    print(f"keep_edges={keep_edges}: {len(cbow)} CBOW pairs, {len(skip)} skip-gram pairs,", end=" ")
    print(f"{never} words are never a centre")
for window in (1, 3):
    print(f"window {window}:", *skipgram_pairs(["나", "수학", "공부"], window, True))

# %% [markdown] lang="ko"
# 끝을 지키면 모든 단어가 가운데가 됩니다. 노트의 리뷰 열 개로 세면 끝을 버릴 때 CBOW 64짝과 skip-gram 256짝, 지킬 때 104짝과 356짝입니다. 문장마다 끝의 네 자리를 버렸으니 40자리가 사라진 것입니다. (노트의 문장은 여기 싣지 않았습니다. 두 함수의 풀이가 바로 이 수를 낸다는 것은 이 강좌를 만들 때 시험으로 확인합니다.)
#
# 마지막 두 줄은 window의 뜻입니다. 노트가 "window 3"이라며 적은 네 짝은 window 1의 것이고, 정말 3이면 "나"와 "공부"도 이웃이 됩니다.
#
# ## 3. 번호에서 벡터로
#
# 모델에는 단어마다 $D$개의 수가 든 표가 있습니다. 모양은 $(V, D)$, 단어장의 단어 수 곱하기 벡터의 길이입니다. 번호 $i$의 벡터는 이 표의 $i$번 줄입니다. 원-핫 벡터에 행렬을 곱하는 것과 같은 일인데, 0을 $V - 1$번 곱하는 수고만 아낍니다. PyTorch에서는 `nn.Embedding`이 이 표입니다.

# %% [markdown] lang="en"
# With the edges kept, every word is a centre. For the notes' ten reviews there are 64 pairs of CBOW and 256 of skip-gram without the edges, 104 and 356 with them: four places at the ends of each sentence were dropped, 40 in all. (Their sentences are not printed here. That the two functions, as solved, give just these numbers is tested when the course is built.)
#
# The last two lines show what window means. The four pairs that the notes list for "window 3" are those of window 1. If it were 3, 나 (I) and 공부 (study) would be neighbours as well.
#
# ## 3. From numbers to vectors
#
# The model has a table with $D$ numbers for every word, of shape $(V, D)$: words of the vocabulary times length of a vector. The vector of word number $i$ is row $i$. That is the same as multiplying a one-hot vector by a matrix, without the trouble of multiplying by 0 $V - 1$ times. In PyTorch the table is called `nn.Embedding`.

# %% tags=["demo"]
torch.manual_seed(18)
embedding = nn.Embedding(V, 4)  # a table (V, D), D = 4
W = embedding.weight.detach()  # (V, D)
ids = torch.tensor([word_id["국물"], word_id["국회"]])  # (2,)
by_product = F.one_hot(ids, V).float() @ W  # (2, V) @ (V, D) -> (2, D)
print("row = one-hot @ W:", torch.equal(W[ids], by_product))
print("nn.Embedding:     ", torch.equal(embedding(ids), W[ids]))

# %% [markdown] lang="ko"
# Word2Vec에는 표가 **둘** 있습니다. $W_\text{in}$은 *보이는* 단어의 벡터 $v$, $W_\text{out}$은 *맞힐* 단어의 벡터 $u$입니다. 두 벡터가 같은 쪽을 가리킬수록 내적 $u \cdot v$가 크고, 그만큼 곁에 있을 법하다는 점수(로짓)가 됩니다.

# %% [markdown] lang="en"
# Word2Vec has **two** tables: $W_\text{in}$ holds the vectors $v$ of words that are *seen*, $W_\text{out}$ the vectors $u$ of words that are to be *guessed*. The more the two point the same way, the larger their dot product $u \cdot v$, which is the score (logit) for standing next to one another.

# %% jupyter={"source_hidden": true}
def word_box(ax, x, y, text, colour):
    style = {"boxstyle": "round,pad=0.35", "facecolor": colour + "33", "edgecolor": colour}
    ax.text(x, y, text, ha="center", va="center", bbox=style, zorder=3)


def flow(ax, start, end, gap=20):
    style = {"arrowstyle": "-|>", "color": "#555555", "shrinkA": 20, "shrinkB": gap}
    ax.annotate("", end, start, arrowprops=style, zorder=1)


figure, (left, right) = plots.axes(2, width=4.1, height=2.7)
neighbours = [(3, "국물"), (2, "도"), (1, "맛있다")]
for y, word in neighbours:
    word_box(left, 0, y, word, plots.BLUE)
    flow(left, (0, y), (1.85, 2), 38)
    word_box(right, 4, y, word, plots.BLUE)
    flow(right, (2, 2), (4, y))
word_box(left, 2, 2, "mean of v", plots.GREY)
word_box(left, 4, 2, "정말?", plots.ORANGE)
flow(left, (2.35, 2), (4, 2), 24)
word_box(right, 0, 2, "정말", plots.ORANGE)
word_box(right, 2, 2, "v", plots.GREY)
flow(right, (0, 2), (2, 2))
for ax, title in ((left, "CBOW: all neighbours guess the centre"), (right, "Skip-gram: the centre guesses each")):
    ax.text(1.0, 3.55, "$W_{in}$", ha="center")
    ax.text(3.0, 3.55, "$W_{out}$", ha="center")
    ax.set(xlim=(-0.8, 4.8), ylim=(0.4, 4.0))
    ax.set_title(title)
    ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# CBOW는 이웃들의 벡터를 하나로 합칩니다. 문맥의 단어가 $w_1, \dots, w_n$이면
#
# $$h = \frac1n \sum_{k=1}^{n} v_{w_k} \qquad\qquad \text{score}(w) = u_w \cdot h$$
#
# 노트는 평균이 아니라 **합**을 씁니다. 원래의 word2vec은 평균이 기본입니다. 이웃의 수가 늘 같으면 둘은 배수만 다르지만, 문장 끝을 지키기로 한 우리에게는 문맥의 길이가 제각각입니다. 그래서 배치로 묶을 때 짧은 문맥의 뒤를 아무 번호(여기서는 0)로 채우고, 어디가 진짜인지를 마스크(mask)에 적어 둡니다.
#
# ### 여러분 차례: `cbow-forward`

# %% [markdown] lang="en"
# CBOW melts the vectors of the neighbours into one. If the words of the context are $w_1, \dots, w_n$,
#
# $$h = \frac1n \sum_{k=1}^{n} v_{w_k} \qquad\qquad \text{score}(w) = u_w \cdot h$$
#
# The notes take the **sum** instead; in the original word2vec the mean is the default. With the same number of neighbours everywhere, the two differ by a factor only. But we decided to keep the ends of sentences, so our contexts differ in length. In a batch, short ones are filled up with any number (here 0), and a mask remembers which places are real.
#
# ### Your turn: `cbow-forward`

# %% exercise="cbow-forward"
def cbow_forward(contexts, mask, W_in, W_out):
    """The scores that CBOW gives to every word as the centre of each context.

    contexts: (B, C) int64, numbers of words; rows with fewer than C neighbours are filled up
    with any number. mask: (B, C) bool, True where a neighbour is real: at any places, at least
    once a row. W_in, W_out: (V, D) float.
    Returns logits (B, V): the mean of the real neighbours' rows of W_in, dotted with every row
    of W_out. By hand: no F.embedding_bag.
    """
    # look up                         # (B, C, D)
    # mean over the real neighbours   # (B, D)
    # score                           # (B, V)
    ### BEGIN SOLUTION
    vectors = W_in[contexts] * mask[:, :, None]  # (B, C, D)
    h = vectors.sum(1) / mask.sum(1, keepdim=True)  # (B, D)
    return h @ W_out.T  # (B, V)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 합과 평균의 차이를 재어 봅시다. 무작위 표를 놓고, 이웃이 1개에서 8개인 문맥의 점수가 얼마나 흩어지는지(표준편차) 봅니다. 합은 여러분의 평균에 이웃의 수를 곱한 것입니다.

# %% [markdown] lang="en"
# Let us measure what sum or mean does: with random tables, how widely do the scores spread (standard deviation) for contexts of 1 to 8 neighbours? The sum is your mean times the number of neighbours.

# %% tags=["demo"]
torch.manual_seed(0)
tables = torch.randn(2, 300, 16)  # W_in and W_out, (V, D) each
contexts = torch.randint(300, (200, 8))  # (B, C)
spread = {"sum": [], "mean": []}
for n in range(1, 9):
    mask = (torch.arange(8) < n).expand(200, 8)  # (B, C): n real neighbours
    logits = cbow_forward(contexts, mask, *tables)  # (B, V)
    spread["mean"].append(logits.std().item())
    spread["sum"].append(n * logits.std().item())
figure, (ax,) = plots.axes(1)
for (name, values), marker in zip(spread.items(), "o^"):
    ax.plot(range(1, 9), values, marker=marker, label=name)
plots.label(ax, "A sum grows with the number of neighbours", "real neighbours", "spread of the logits")
ax.set_ylim(0)
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 합을 쓰면 이웃이 여덟인 문맥의 로짓이 이웃 하나짜리보다 세 배쯤 큽니다. 소프트맥스에 넣으면 근거도 없이 **더 자신 있게** 답하는 셈입니다. 평균은 반대로 조심스러워집니다. 여러 이웃이 서로 다른 말을 하면 상쇄되기 때문입니다.
#
# ## 4. 얼마나 틀렸나: 손실
#
# skip-gram은 더 단순합니다. 가운데 단어 $c$의 벡터 $v_c$ 하나로, 이웃이 $o$일 확률을 소프트맥스로 매깁니다.
#
# $$p(o \mid c) = \frac{\exp(u_o \cdot v_c)}{\sum_{w=1}^{V} \exp(u_w \cdot v_c)} \qquad\qquad L = -\frac1B\sum_{(c,\,o)} \log p(o \mid c)$$
#
# 클래스가 $V$개인 분류이고, 손실은 7장의 교차 엔트로피입니다. `log_softmax` 뒤에 음의 로그 우도를 구한 것과 `F.cross_entropy`가 같다는 것도 거기서 보았습니다. 이번에는 둘 다 쓰지 않고 손으로 적되, 7장에서 배운 대로 큰 점수에도 무너지지 않게 하세요.
#
# ### 여러분 차례: `skipgram-loss`

# %% [markdown] lang="en"
# With the sum, a context of eight neighbours has logits about three times as large as one of a single neighbour. In a softmax this means answering **more confidently**, without a reason. The mean does the opposite and gets cautious: where many neighbours say different things, they cancel.
#
# ## 4. How wrong: the loss
#
# Skip-gram is simpler. From the one vector $v_c$ of the centre $c$, a softmax gives the probability that a neighbour is $o$.
#
# $$p(o \mid c) = \frac{\exp(u_o \cdot v_c)}{\sum_{w=1}^{V} \exp(u_w \cdot v_c)} \qquad\qquad L = -\frac1B\sum_{(c,\,o)} \log p(o \mid c)$$
#
# It is a classification with $V$ classes, and the loss is the cross entropy of chapter 7. There you also saw that `log_softmax` followed by the negative log likelihood is the same as `F.cross_entropy`. Now write it by hand, with neither of them, but so that large scores do not break it, as you learned in chapter 7.
#
# ### Your turn: `skipgram-loss`

# %% exercise="skipgram-loss"
def skipgram_loss(centres, contexts, W_in, W_out):
    """The mean cross entropy of skip-gram over a batch of pairs, with the full softmax.

    centres, contexts: (B,) int64, the pairs (centre, neighbour). W_in, W_out: (V, D) float.
    Returns a tensor of shape (): the mean of -log p(neighbour | centre), finite also where
    scores are in the hundreds; gradients flow to both tables. By hand: no F.cross_entropy, no
    log_softmax.
    """
    # scores            # (B, V)
    # loss of each pair # (B,)
    ### BEGIN SOLUTION
    z = W_in[centres] @ W_out.T  # (B, V)
    right = z[torch.arange(len(z)), contexts]  # (B,)
    return (torch.logsumexp(z, dim=1) - right).mean()
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 노트대로 학습시키면
#
# 노트는 길이 256의 임베딩을 리뷰 열 개의 짝으로, SGD와 학습률 `5e-4`, 배치 크기 4로 다섯 에폭 학습시킵니다. 화면의 손실은 조금씩 줄어듭니다. 그러면 임베딩이 배운 것일까요? 우리 리뷰 열 개로 똑같이 해 보고, **임베딩이 얼마나 움직였는지** 재어 봅시다. 하는 김에 임베딩을 아예 얼려 두고(`requires_grad_(False)`) 출력층만 학습시킨 것과도 견줍니다. 노트의 모델처럼 출력층은 편향이 있는 `nn.Linear`입니다.

# %% [markdown] lang="en"
# ### Training as in the notes
#
# The notes train embeddings of length 256 on the pairs of ten reviews, with SGD, a learning rate of `5e-4` and a batch size of 4, for five epochs. The loss on the screen falls a little. Have the embeddings learned, then? Let us do the same with ten reviews of ours, and measure **how far the embeddings moved**. For comparison, freeze them altogether (`requires_grad_(False)`) and train the output layer alone. As in the notes' model, that layer is an `nn.Linear` with a bias.

# %%
def train_as_noted(pairs, V, optimizer="SGD", lr=5e-4, epochs=5, freeze=False):
    """Returns the loss before and after, and by how much of its length a word moved on average."""
    torch.manual_seed(0)
    embedding, output = nn.Embedding(V, 256), nn.Linear(256, V)
    embedding.weight.requires_grad_(not freeze)
    start = embedding.weight.detach().clone()  # (V, D)
    moving = [p for p in (*embedding.parameters(), *output.parameters()) if p.requires_grad]
    step = getattr(torch.optim, optimizer)(moving, lr=lr)
    losses = []
    for epoch in range(epochs + 1):
        with torch.no_grad():
            losses.append(F.cross_entropy(output(embedding(pairs[:, 0])), pairs[:, 1]).item())
        if epoch == epochs:
            break
        for batch in pairs.split(4):  # (4, 2)
            loss = F.cross_entropy(output(embedding(batch[:, 0])), batch[:, 1])
            step.zero_grad()
            loss.backward()
            step.step()
    moved = (embedding.weight.detach() - start).norm(dim=1) / start.norm(dim=1)  # (V,)
    return losses[0], losses[-1], moved.mean().item()


# %% tags=["demo", "nbval-ignore-output"]
ten = review_tokens[:10]
ten_id = {word: i for i, word in enumerate(dict.fromkeys(w for s in ten for w in s))}
pairs = [pair for s in ten for pair in skipgram_pairs([ten_id[w] for w in s], 2, True)]
pairs = torch.tensor(pairs)  # (number of pairs, 2)
for name, how in {
    "as in the notes": {},
    "as in the notes, embedding frozen": {"freeze": True},
    "Adam, lr 1e-3": {"optimizer": "Adam", "lr": 1e-3},
}.items():
    before, after, moved = train_as_noted(pairs, len(ten_id), **how)
    print(f"{name:34s} loss {before:.2f} -> {after:.2f}, a word moved by {moved:.3%} of its length")

# %% [markdown] lang="ko"
# 첫 두 줄의 손실이 나란히 줄어듭니다. 임베딩은 **얼린 것과 다름없습니다.** 제 길이의 0.01 %도 움직이지 않았으니 노트가 마지막에 찍어 보는 "단어 벡터"는 처음의 난수입니다. 손실은 출력층 혼자 줄였습니다. 손실이 줄었다고 *보고 싶은 것*이 배웠다고 믿지 마세요. 재어 보아야 합니다. 셋째 줄처럼 걸음이 알맞으면 임베딩도 움직이고 손실도 훨씬 많이 줄어듭니다.
#
# 노트의 표에는 `sparse=True`도 붙어 있습니다. 한 걸음에 쓰인 몇 줄의 기울기만 담는 희소(sparse) 기울기를 만들라는 뜻으로, 단어장이 아주 클 때 메모리를 아낍니다. 대신 받아 주는 옵티마이저가 몇 없습니다.

# %% [markdown] lang="en"
# The losses of the first two lines fall side by side: the embeddings are **as good as frozen**. They moved by less than 0.01% of their length, so the "word vectors" that the notes print at the end are the random numbers of the start. It was the output layer alone that lowered the loss. Never believe that what *you* care about has learned because a loss went down; measure it. With a suitable step, as in the third line, the embeddings do move, and the loss falls much further.
#
# The notes' table has `sparse=True` as well. It asks for sparse gradients, which hold only the few rows used in a step, and so save memory when the vocabulary is huge. The price: few optimizers take them.

# %%
def attempt(name, act):
    table = nn.Embedding(10, 4, sparse=True)
    table(torch.tensor([1, 2])).sum().backward()
    try:
        act(table)
        print(f"{name}: works")
    except (RuntimeError, NotImplementedError) as error:
        print(f"{name}: {type(error).__name__}: {str(error).splitlines()[0][:62]}")


optim = torch.optim
attempt("SGD", lambda table: optim.SGD(table.parameters(), lr=0.1).step())
attempt("Adam", lambda table: optim.Adam(table.parameters()).step())
attempt("RMSprop", lambda table: optim.RMSprop(table.parameters()).step())
attempt("weight decay", lambda t: optim.SGD(t.parameters(), lr=0.1, weight_decay=0.1).step())
attempt("clipping", lambda table: nn.utils.clip_grad_norm_(table.parameters(), 1.0))
attempt("SparseAdam", lambda table: optim.SparseAdam(table.parameters()).step())

# %% [markdown] lang="ko"
# 우리 단어장은 작으니 `sparse`는 쓰지 않습니다.
#
# ### 빈칸 채우기
#
# 이제 1절의 빈칸으로 돌아갑시다. 여러분의 `cbow_pairs`와 `cbow_forward`로 CBOW를 학습시켜 빈칸을 채우게 합니다. 곁말 두세 개를 주면, 그 가운데 들어갈 말의 확률을 매깁니다.

# %% [markdown] lang="en"
# Our vocabulary is small: we do without `sparse`.
#
# ### Filling in the blank
#
# Back to the blank of section 1. With your `cbow_pairs` and `cbow_forward` we train CBOW to fill it in: given two or three words of the company, it gives every word a probability of standing among them. The company: 진하다 rich and 시원하다 refreshing; 비싸다 expensive and 양 amount; 대통령 president and 국무총리 prime minister; 국회 parliament, 과반수 majority and 찬성 approval; 형사 criminal and 재판 trial. What it puts in between may be 국물 broth, 적다 little, 국무위원 minister, 얻다 obtain, 피고인 the accused.

# %%
def pad_contexts(pairs):
    """CBOW's pairs of one batch as tensors: contexts and mask, (B, C) each, and centres (B,)."""
    longest = max(len(context) for context, _ in pairs)
    rows = [context + [0] * (longest - len(context)) for context, _ in pairs]
    lengths = torch.tensor([len(context) for context, _ in pairs])  # (B,)
    mask = torch.arange(longest) < lengths[:, None]  # (B, C)
    return torch.tensor(rows), mask, torch.tensor([centre for _, centre in pairs])


def train_cbow(contexts, mask, centres, V, D=32, epochs=20, lr=0.02):
    """CBOW with the full softmax; returns the losses of the epochs and W_in, W_out, (V, D) each."""
    generator = torch.Generator().manual_seed(0)
    W_in = (0.1 * torch.randn(V, D, generator=generator)).requires_grad_()  # (V, D)
    W_out = torch.zeros(V, D, requires_grad=True)  # (V, D)
    optimizer = torch.optim.Adam([W_in, W_out], lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(centres), generator=generator).split(256):  # (B,)
            logits = cbow_forward(contexts[batch], mask[batch], W_in, W_out)  # (B, V)
            loss = F.cross_entropy(logits, centres[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(centres))
    return losses, W_in.detach(), W_out.detach()


# %% tags=["demo", "nbval-ignore-output"]
puzzles = pad_contexts([pair for ids in texts for pair in cbow_pairs(ids, 4, True)])
losses, cbow_in, cbow_out = train_cbow(*puzzles, V)
print(f"{len(puzzles[2])} puzzles; loss of the first epoch {losses[0]:.2f}, of the last {losses[-1]:.2f}")
for company in ("진하다 시원하다", "비싸다 양", "대통령 국무총리", "국회 과반수 찬성", "형사 재판"):
    ids = torch.tensor([[word_id[w] for w in company.split()]])  # (1, C)
    logits = cbow_forward(ids, torch.ones_like(ids).bool(), cbow_in, cbow_out)[0]  # (V,)
    logits[ids[0]] = -torch.inf  # not the words that were given
    best = logits.softmax(0).topk(3)
    guesses = [f"{vocab[w]} {p:.0%}" for p, w in zip(best.values, best.indices)]
    print(f"{company} + ___ : {' · '.join(guesses)}")

# %% [markdown] lang="ko"
# "진하다, 시원하다" 곁의 빈칸에는 국물이 들어갔습니다. 여러분이 1절에서 채운 바로 그 말입니다. 물론 이 모델은 같은 글을 스무 번 읽었으니 반쯤은 외운 것입니다. 그래도 사람이 뜻을 적어 준 적은 없습니다.
#
# ## 5. 모두와 견주지 않기: 네거티브 표본 추출
#
# 소프트맥스의 분모가 골칫거리입니다. 짝 하나를 볼 때마다 $V$개의 점수를 **모두** 계산해야 합니다. 우리 단어장은 몇백 단어이지만 실제로는 수십만입니다. 네거티브 표본 추출(negative sampling)은 문제를 쉽게 바꿉니다. "$V$개 가운데 어느 것인가?" 대신 "이 단어가 정말 곁에 있었나, **예 아니면 아니오**?"를 묻습니다. 진짜 이웃 하나에는 '예', 단어장에서 아무렇게나 뽑은 $K$개에는 '아니오'라고 답하게 합니다.
#
# $$L = -\frac1B\sum_{(c,\,o)} \Big[ \log\sigma(u_o \cdot v_c) + \sum_{k=1}^{K} \log\sigma(-u_{n_k} \cdot v_c) \Big]$$
#
# 6장의 이진 교차 엔트로피입니다($1 - \sigma(z) = \sigma(-z)$). 점수는 $V$개가 아니라 $1 + K$개만 계산합니다.
#
# 어떻게 뽑을까요? 자주 나오는 단어일수록 자주 뽑되, 너무 그쪽으로 쏠리지 않게 횟수를 $0.75$제곱해서 씁니다. word2vec의 저자들이 해 보고 고른 수입니다.
#
# $$P(w) = \frac{c_w^{\,0.75}}{\sum_{w'} c_{w'}^{\,0.75}}$$
#
# ### 여러분 차례: `noise-distribution`

# %% [markdown] lang="en"
# Into the blank next to 진하다 (rich) and 시원하다 (refreshing) it put 국물, the broth: just what you put there in section 1. It has read the same text twenty times, of course, so half of it is learned by heart. Still, nobody ever wrote down a meaning.
#
# ## 5. Not against everybody: negative sampling
#
# The trouble is the denominator of the softmax. For every single pair it takes **all** $V$ scores. Our vocabulary has a few hundred words; real ones have hundreds of thousands. Negative sampling makes the puzzle easier. Instead of "which of the $V$ words is it?" it asks "was this word really there, **yes or no**?" The answer should be "yes" for the one real neighbour, and "no" for $K$ words drawn from the vocabulary at random.
#
# $$L = -\frac1B\sum_{(c,\,o)} \Big[ \log\sigma(u_o \cdot v_c) + \sum_{k=1}^{K} \log\sigma(-u_{n_k} \cdot v_c) \Big]$$
#
# This is the binary cross entropy of chapter 6 ($1 - \sigma(z) = \sigma(-z)$), and it takes $1 + K$ scores, not $V$.
#
# How are they drawn? Frequent words more often, but not quite as often as they occur: the counts are raised to the power $0.75$, a number that the authors of word2vec found by trying.
#
# $$P(w) = \frac{c_w^{\,0.75}}{\sum_{w'} c_{w'}^{\,0.75}}$$
#
# ### Your turn: `noise-distribution`

# %% exercise="noise-distribution"
def noise_distribution(counts, power):
    """The probabilities with which negative words are drawn.

    counts: (V,) int64, how often each word occurs, at least 1. power: a float from 0 to 1.
    Returns a (V,) float32 tensor, proportional to counts to the power, with the sum 1.
    """
    ### BEGIN SOLUTION
    weights = counts.float() ** power  # (V,)
    return weights / weights.sum()
    ### END SOLUTION


# %% tags=["demo"]
counts = torch.tensor([seen[word] for word in vocab])  # (V,), most frequent first
figure, (ax,) = plots.axes(1, width=5.4)
for power, style in ((1.0, ":"), (0.75, "-"), (0.0, "--")):
    ax.loglog(range(1, V + 1), noise_distribution(counts, power), style, label=f"power {power:g}")
title = "The power 0.75 gives rare words a better chance"
plots.label(ax, title, "words, most frequent first", "probability of being drawn")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `negative-sampling-loss`
#
# 뽑는 일은 이미 끝났고, 뽑힌 번호 `negatives`를 받습니다.

# %% [markdown] lang="en"
# ### Your turn: `negative-sampling-loss`
#
# The drawing has been done: you get the numbers that were drawn, `negatives`.

# %% exercise="negative-sampling-loss"
def negative_sampling_loss(centres, contexts, negatives, W_in, W_out):
    """The mean loss of skip-gram with negative sampling over a batch of pairs.

    centres, contexts: (B,) int64, the pairs (centre, neighbour). negatives: (B, K) int64, the
    words drawn for each pair. W_in, W_out: (V, D) float; centres are looked up in W_in,
    neighbours and negatives in W_out.
    Returns a tensor of shape (): the loss above, summed over the K negatives of a pair,
    averaged over pairs; finite also where scores are in the hundreds; gradients flow to both
    tables. By hand: no F.binary_cross_entropy.
    """
    # vectors of the centres      # (B, D)
    # scores of the neighbours    # (B,)
    # scores of the negatives     # (B, K)
    ### BEGIN SOLUTION
    v = W_in[centres]  # (B, D)
    real = (v * W_out[contexts]).sum(1)  # (B,)
    drawn = (v[:, None] * W_out[negatives]).sum(2)  # (B, K)
    return -(F.logsigmoid(real) + F.logsigmoid(-drawn).sum(1)).mean()
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 헌법과 리뷰를 읽힙시다
#
# 여러분의 함수 셋으로 학습합니다. window는 4, 벡터의 길이는 32, 짝마다 뽑는 단어는 5개입니다. $W_\text{in}$은 작은 난수에서, $W_\text{out}$은 0에서 시작합니다(원래의 word2vec도 그렇습니다).

# %% [markdown] lang="en"
# ### Let it read the constitution and the reviews
#
# Three functions of yours do the training. The window is 4, a vector has 32 numbers, 5 words are drawn for every pair. $W_\text{in}$ starts from small random numbers and $W_\text{out}$ from 0, as in the original word2vec.

# %%
def train_vectors(pairs, counts, D=32, K=5, epochs=20, lr=0.01, seed=0):
    """Skip-gram with negative sampling; returns W_in before and after, and W_out, each (V, D)."""
    generator = torch.Generator().manual_seed(seed)
    W_in = 0.1 * torch.randn(len(counts), D, generator=generator)  # (V, D)
    start = W_in.clone()
    W_in.requires_grad_()
    W_out = torch.zeros(len(counts), D, requires_grad=True)  # (V, D)
    optimizer = torch.optim.Adam([W_in, W_out], lr=lr)
    noise = noise_distribution(counts, 0.75)  # (V,)
    bar = tqdm(range(epochs), unit="epoch")
    for _ in bar:
        total = 0.0
        for batch in pairs[torch.randperm(len(pairs), generator=generator)].split(1024):  # (B, 2)
            drawn = torch.multinomial(noise, K * len(batch), replacement=True, generator=generator)
            loss = negative_sampling_loss(*batch.T, drawn.view(-1, K), W_in, W_out)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        bar.set_postfix(loss=f"{total / len(pairs):.2f}")
    return start, W_in.detach(), W_out.detach()


untrained = vectors = None  # until they are trained


# %% tags=["demo", "nbval-ignore-output"]
pairs = torch.tensor([pair for ids in texts for pair in skipgram_pairs(ids, 4, True)])
print(f"{len(pairs)} pairs; nothing learned yet: loss {6 * torch.tensor(2.0).log():.2f}")
untrained, vectors, outputs = train_vectors(pairs, counts)

# %% [markdown] lang="ko"
# 모르는 상태의 손실은 $6 \ln 2 = 4.16$입니다. 점수가 모두 0이면 예-아니오 여섯 문제를 동전을 던져 답하는 셈이니까요.
#
# ### 함정: 모두의 친구
#
# 이제 비슷한 단어를 찾아봅시다. 두 벡터가 비슷할수록 내적이 크다고 했으니, 표의 모든 줄과 내적해서 큰 것부터 뽑으면 될 것 같습니다.

# %% [markdown] lang="en"
# Knowing nothing, the loss is $6 \ln 2 = 4.16$: with all scores 0, six yes-or-no questions are answered by tossing a coin.
#
# ### A trap: everybody's friend
#
# Now look for similar words. The more alike two vectors are, the larger is their dot product, we said. So take the dot product with every row of the table, and pick the largest. It should work.

# %%
def broken_neighbours(word, vectors, k):
    return (vectors @ vectors[word]).topk(k).indices


torch.manual_seed(3)
directions = F.normalize(torch.randn(200, 8), dim=1)  # (V, D): 200 made-up words
lengths = torch.where(torch.arange(200) < 4, 6.0, 1.0)  # (V,): four of them are long
made_up = directions * lengths[:, None]  # (V, D)
found = torch.stack([broken_neighbours(w, made_up, 5) for w in range(200)])  # (V, 5)
first = (found[:, 0] == torch.arange(200)).float().mean()
friends = (found < 4).sum(1).float()  # (V,): how many of its five are among the long four
print(f"the best neighbour is the word itself: {first:.0%} of the words")
print(f"of five neighbours, {friends.mean():.1f} are among the same four long words; by chance 0.1")

# %% [markdown] lang="ko"
# 벡터 200개를 무작위 방향으로 지어내고, 그 가운데 넷만 여섯 배 길게 했습니다. 그랬더니 잘못이 둘 보입니다. 셋 중 하나쯤은 **자기 자신이 첫 이웃**이고, **긴 넷이 여기저기 끼어듭니다.** 방향이 조금만 맞아도 긴 벡터의 내적이 이기기 때문입니다. 학습한 벡터도 길이가 저마다 다릅니다(곧 재어 봅니다).
#
# 뜻은 방향에 있습니다. 길이를 나누어 없애면 코사인(cosine)입니다.
#
# $$\cos(a, b) = \frac{a \cdot b}{\|a\|\,\|b\|}$$
#
# ### 여러분 차례: `cosine-neighbours`
#
# 위의 함수를 고치세요. 코사인으로 고르고, 자기 자신은 빼고, 코사인 값도 함께 돌려줍니다. 한 번도 배우지 않아 모두 0인 벡터가 있어도 `nan`이 나오면 안 됩니다.

# %% [markdown] lang="en"
# We made up 200 vectors in random directions, four of them six times as long as the rest. Two things go wrong. About a third of the words have **themselves for a best neighbour**, and **the long four push in everywhere**: with even a little agreement in direction the dot product of a long vector wins. Trained vectors differ in length as well, as we shall measure.
#
# Meaning is in the direction. Divide the lengths away, and you have the cosine.
#
# $$\cos(a, b) = \frac{a \cdot b}{\|a\|\,\|b\|}$$
#
# ### Your turn: `cosine-neighbours`
#
# Mend the function above: pick by cosine, leave out the word itself, and return the cosines, too. A vector that never learned and is all zeros must not lead to `nan`.

# %% exercise="cosine-neighbours"
def cosine_neighbours(word, vectors, k):
    """The k words whose vectors have the largest cosine with that of a word, without itself.

    word: an int, the row of the word; that row is not zero. vectors: (V, D) float, V > k; a row
    of zeros has the cosine 0 with every word. No two cosines are equal.
    Returns (words, cosines): (k,) int64 and (k,) of vectors' dtype, the largest cosine first.
    By hand: no F.cosine_similarity.
    """
    ### BEGIN SOLUTION
    unit = F.normalize(vectors, dim=1)  # (V, D), every row of length 1 (or 0)
    cosines = unit @ unit[word]  # (V,)
    cosines[word] = -2  # below every cosine
    values, words = cosines.topk(k)
    return words, values
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
if vectors is None:
    raise NotAttempted("negative_sampling_loss")
long = vectors.norm(dim=1)  # (V,)
by_dot = [broken_neighbours(w, vectors, 2) for w in range(V)]  # two: one may be the word itself
by_dot = [int(found[1] if found[0] == w else found[0]) for w, found in enumerate(by_dot)]
by_cosine = [int(cosine_neighbours(w, vectors, 1)[0]) for w in range(V)]
print(f"lengths from {long.min():.1f} to {long.max():.1f}")
for name, first in (("dot product", by_dot), ("cosine", by_cosine)):
    (popular, n), *_ = Counter(first).most_common(1)
    print(f"{name:11s} {len(set(first))} different first neighbours; {vocab[popular]} is that of {n}")

# %% [markdown] lang="ko"
# 학습한 벡터에서도 길이가 두 배 가까이 차이 나고, 내적으로 고르면 몇몇 단어가 여러 단어의 첫 이웃을 도맡습니다. 코사인으로 고르면 더 고르게 나옵니다. 이제 이웃을 만나 봅시다. 학습하기 전과 뒤입니다.

# %% [markdown] lang="en"
# In our trained vectors, too, some are nearly twice as long as others, and by the dot product a few words are the first neighbour of many. By the cosine they are more evenly spread. Now meet the neighbours, before training and after: 대통령 president, 국회 parliament, 법관 judge, 조약 treaty, 경제 economy, 근로 labour, 직원 staff, 고기 meat, 가격 price, 맛있다 delicious.

# %% tags=["demo", "nbval-ignore-output"]
if vectors is None:
    raise NotAttempted("negative_sampling_loss")
for word in "대통령 국회 법관 조약 경제 근로 직원 고기 가격 맛있다".split():
    for name, table in (("before", untrained), ("after ", vectors)):
        found, cosines = cosine_neighbours(word_id[word], table, 5)
        print(f"{word if name == 'before' else '':4s}\t{name}", end="  ")
        print(*[f"{vocab[w]} {c:.2f}" for w, c in zip(found, cosines)], sep=" · ")

# %% [markdown] lang="ko"
# 학습하기 전에는 아무 단어나 나오고, 학습한 뒤에는 말이 됩니다. 조약 곁에는 국제와 체결, 근로 곁에는 조건과 근로자, 직원 곁에는 친절하다와 사장이 있습니다. 아무도 뜻을 알려 주지 않았습니다. 몇천 단어의 곁말이 전부입니다. 다 그럴듯하지는 않습니다. 이렇게 작은 글에서는 서너 문장에 함께 나온 것만으로도 이웃이 됩니다.
#
# 숫자로도 재어 봅시다. 단어마다 그것이 더 잘 나오는 글(헌법이냐 리뷰냐)을 정해 두고, 가장 가까운 다섯 이웃이 같은 글의 단어인 비율을 셉니다.

# %% [markdown] lang="en"
# Before training any word comes up; afterwards they make sense. Next to 조약 (treaty) there are 국제 (international) and 체결 (conclude), next to 근로 (labour) 조건 (conditions) and 근로자 (worker), next to 직원 (staff) 친절하다 (friendly) and 사장 (owner). Nobody told it any meaning: a few thousand words and their company are all there was. Not every neighbour is convincing. In a text this small, to stand in the same three or four sentences is enough to become one.
#
# And in a number: decide for every word in which text, constitution or reviews, it is more at home, and count how often its five nearest neighbours come from the same text.

# %%
def same_text(vectors, is_law, k=5):
    """Which share of the k nearest neighbours is at home in the same text: law, reviews."""
    found = torch.stack([cosine_neighbours(w, vectors, k)[0] for w in range(len(vectors))])  # (V, k)
    same = (is_law[found] == is_law[:, None]).float().mean(1)  # (V,)
    return same[is_law].mean().item(), same[~is_law].mean().item()


# %% tags=["demo", "nbval-ignore-output"]
shares = [Counter(w for s in part for w in s) for part in (law, food)]
totals = [sum(c.values()) for c in shares]
is_law = torch.tensor([shares[0][w] / totals[0] > shares[1][w] / totals[1] for w in vocab])  # (V,)
print(f"{int(is_law.sum())} words of the constitution, {int((~is_law).sum())} of the reviews")
if vectors is None:
    raise NotAttempted("negative_sampling_loss")
for name, table in (("before training", untrained), ("after", vectors)):
    in_law, in_food = same_text(table, is_law)
    print(f"{name:16s} constitution {in_law:.0%}, reviews {in_food:.0%}")

# %% [markdown] lang="ko"
# 학습 전의 비율은 그냥 두 글의 단어 수에서 나온 우연입니다. 학습한 뒤에는 둘 다 90 %를 넘습니다. 어느 단어가 어느 글에서 왔는지 **알려 준 적이 없는데도** 두 나라가 갈라섰습니다.
#
# ## 6. 단어의 지도
#
# 32차원을 종이에 그릴 수는 없으니 2차원으로 누릅니다. 여기서는 주성분 분석(principal component analysis, PCA)을 씁니다. 점들이 가장 넓게 퍼진 두 방향을 찾아 그 두 좌표만 남기는 방법이고, 특잇값 분해 `torch.linalg.svd` 한 줄이 그 방향을 줍니다.

# %% [markdown] lang="en"
# The shares before training are chance: they come from how many words each text has. Afterwards both are above 90%. The two realms have parted, though **nobody said** which word came from which text.
#
# ## 6. A map of words
#
# 32 dimensions do not fit on paper, so we press them down to two. Principal component analysis (PCA) finds the two directions in which the points spread most, and keeps these two coordinates only; one line, the singular value decomposition `torch.linalg.svd`, gives the directions.

# %%
def to_plane(vectors):
    """The two coordinates of each vector along which they spread most: (V, D) -> (V, 2)."""
    unit = F.normalize(vectors, dim=1)  # (V, D)
    centred = unit - unit.mean(0)  # (V, D)
    return centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:2].T  # (V, 2)


def spread_labels(points, gap, rounds=200):
    """Moves labels (n, 2) apart until none are nearer than gap (width, height)."""
    places, gap = points.clone(), torch.tensor(gap)
    for _ in range(rounds):
        apart = places[:, None] - places + 1e-4 * torch.randn(1)  # (n, n, 2)
        overlap = (gap - apart.abs()).clamp(min=0)  # (n, n, 2)
        close = (overlap > 0).all(2).float().fill_diagonal_(0)  # (n, n)
        push = torch.sign(apart[..., 1]) * overlap[..., 1] * close  # (n, n)
        places[:, 1] += 0.3 * push.sum(1)
    return places


# %% tags=["demo", "nbval-ignore-output"]
if vectors is None:
    raise NotAttempted("negative_sampling_loss")
shown = """대통령 국회 국무총리 법관 대법원 헌법재판소 국회의원 임기 임명 의결 찬성 과반수 선거 정당 자유 권리 의무 국민
경제 사회 조약 체결 근로 재판 체포 맛있다 먹다 음식 고기 국물 직원 친절하다 사장 가격 김치 밥 시간 주문 냄새 좋다 반찬 자리"""
shown = [word for word in shown.split() if word in word_id]
torch.manual_seed(0)
figure, grid = plots.axes(2, width=4.9, height=6.6)
for ax, table, title in zip(grid, (untrained, vectors), ("Before: a cloud", "After: two realms")):
    plane = to_plane(table)  # (V, 2)
    size = plane.abs().amax(0) * 2  # of the picture
    points = plane[[word_id[w] for w in shown]]  # (n, 2)
    labels = spread_labels(points, (0.17 * size[0].item(), 0.042 * size[1].item()))
    for law_word, marker, colour in ((True, "o", plots.BLUE), (False, "^", plots.ORANGE)):
        name = "constitution" if law_word else "reviews"
        ax.plot(*plane[is_law == law_word].T, marker, color=colour, alpha=0.2, label=name, markersize=4)
    for word, (x, y), (label_x, label_y) in zip(shown, points.tolist(), labels.tolist()):
        ax.plot([x, label_x], [y, label_y], color="#777777", linewidth=0.6)
        colour, marker = ("#1d4f80", "o") if is_law[word_id[word]] else ("#9c5600", "^")
        ax.plot(x, y, marker, color=colour, markersize=4)
        paper = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
        ax.text(label_x, label_y, word, ha="center", va="center", color=colour, bbox=paper)
    plots.label(ax, title, "first direction", "second direction")
grid[1].legend(loc="best")
plt.show()

# %% [markdown] lang="ko"
# 왼쪽은 한 덩어리의 안개이고, 오른쪽은 두 무리입니다. 헌법의 무리 안에서도 기관과 사람, 권리와 의무가 따로 모이는 것이 보입니다. 다만 지도를 너무 믿지는 마세요. 32차원의 거리를 둘로 눌렀으니, 지도에서 가깝다고 정말 가까운 것은 아닙니다. 이웃은 코사인으로 찾고, 지도는 분위기를 보는 데 쓰세요.
#
# ## 7. 미리 세어 두기: GloVe
#
# Word2Vec은 같은 짝을 만날 때마다 다시 문제를 풉니다. GloVe는 먼저 **글 전체에서 몇 번 만났는지** 세어 표 $X$를 만들고, 그 표만 봅니다. $X_{ij}$는 단어 $i$의 창 안에 단어 $j$가 나온 횟수입니다. 먼 이웃은 덜 중요하다고 보아, 거리 $d$만큼 떨어진 이웃을 $1/d$번으로 세기도 합니다.
#
# ### 여러분 차례: `cooccurrence`

# %% [markdown] lang="en"
# On the left there is a fog, on the right there are two crowds. Within that of the constitution you can see institutions and offices in one part, rights and duties in another. But don't trust a map too much: 32 dimensions were pressed into two, and what is near on the map need not be near. Look for neighbours by cosine; use the map for the mood.
#
# ## 7. Counting beforehand: GloVe
#
# Word2Vec solves a puzzle anew each time it meets the same pair. GloVe first counts **how often they met in the whole text**, makes a table $X$ of it, and looks at nothing else. $X_{ij}$ is how often word $j$ stood in the window of word $i$. Distant neighbours matter less, so one at distance $d$ may be counted as $1/d$.
#
# ### Your turn: `cooccurrence`

# %% exercise="cooccurrence"
def cooccurrence(sentences, vocab_size, window, weighted):
    """How often words stand near one another.

    sentences: a list of lists of word numbers, 0 … vocab_size - 1, some perhaps empty; words of
    two sentences are never neighbours. window: an int, at least 1, on each side. weighted: True counts neighbours
    at distance d as 1/d, False as 1.
    Returns X (vocab_size, vocab_size), float32: every ordered pair of places i != j of a
    sentence with |i - j| <= window adds to X[word at i, word at j]. So X is symmetric, and a
    word next to the same word adds twice to its cell on the diagonal.
    """
    X = torch.zeros(vocab_size, vocab_size)  # (V, V)
    ### BEGIN SOLUTION
    for ids in sentences:
        for d in range(1, window + 1):
            for a, b in zip(ids, ids[d:]):  # the words at places i and i + d
                X[a, b] += 1 / d if weighted else 1.0
                X[b, a] += 1 / d if weighted else 1.0
    ### END SOLUTION
    return X


# %% [markdown] lang="ko"
# GloVe를 제대로 보려면 답을 아는 글이 있는 것이 좋습니다. 그래서 문장 4,000개를 지어냅니다. 등장인물은 왕과 여왕, 아버지와 어머니 같은 일곱 쌍입니다. 문장마다 인물 하나와 그 곁말 넷이 나오는데, 곁말은 **역할**에서 오거나(왕관, 궁궐) **남녀**에서 오거나(신사, 숙녀), 열에 셋은 아무 데서나 옵니다.

# %% [markdown] lang="en"
# To see GloVe clearly it helps to have a text with a known answer. So we make up 4,000 sentences. The cast is seven couples, such as 왕 (king) and 여왕 (queen), 아버지 (father) and 어머니 (mother), 아들 (son) and 딸 (daughter), 할아버지 (grandfather) and 할머니 (grandmother), 신랑 (groom) and 신부 (bride), 형 (brother) and 누나 (sister), 삼촌 (uncle) and 이모 (aunt). Each sentence has one of them and four other words, which come from the **role** (왕관 crown, 궁궐 palace), from the **sex** (신사 gentleman, 숙녀 lady), or, three times in ten, from anywhere.

# %%
COUPLES = "왕 여왕,아버지 어머니,아들 딸,할아버지 할머니,신랑 신부,형 누나,삼촌 이모"
ROLES = "왕관 궁궐 나라 백성,살림 저녁 집안 걱정,숙제 학교 장난감 용돈,지팡이 옛날 손주 주름,결혼식 반지 주례 하객,동생 방학 자전거 간식,조카 명절 세뱃돈 선물"
SEXES = "신사 형제 수염 도련님,숙녀 자매 치마 아가씨"
couples, roles, sexes = ([p.split() for p in t.split(",")] for t in (COUPLES, ROLES, SEXES))
others = sum(roles + sexes, [])
family = sum(couples, []) + others  # the vocabulary
family_id = {word: i for i, word in enumerate(family)}


def tell_stories(n, seed):
    """n made-up sentences: a person in the middle, two words on each side, as numbers."""
    generator = torch.Generator().manual_seed(seed)

    def pick(items):
        return items[int(torch.randint(len(items), (1,), generator=generator))]

    stories = []
    for _ in range(n):
        role, sex = pick(range(7)), pick(range(2))
        company = [pick(roles[role]), pick(sexes[sex]), pick(roles[role]), pick(sexes[sex])]
        company = [pick(others) if pick(range(10)) < 3 else word for word in company]
        order = torch.randperm(4, generator=generator)
        company = [company[k] for k in order]
        story = [*company[:2], couples[role][sex], *company[2:]]
        stories.append([family_id[word] for word in story])
    return stories


X = None  # until it is counted


# %% tags=["demo"]
stories = tell_stories(4000, seed=0)
for story in stories[:3]:
    print(*[family[i] for i in story])

# %% tags=["demo"]
X = cooccurrence(stories, len(family), window=4, weighted=False)  # (V, V)
people = [family_id[p] for p in "왕 여왕 아들 딸 할아버지 할머니".split()]
company = [family_id[c] for c in "왕관 궁궐 숙제 학교 지팡이 주름 신사 수염 숙녀 치마".split()]
figure, (ax,) = plots.axes(1, width=6.4, height=2.9)
plots.heatmap(ax, X[people][:, company], numbers=True, cmap="Blues", vmax=1.4 * float(X[people][:, company].max()))
ax.set_xticks(range(10), [family[i] for i in company])
ax.set_yticks(range(6), [family[i] for i in people])
plots.label(ax, "A person's company tells the role and the sex", "word in the window", "person")
plt.show()

# %% [markdown] lang="ko"
# 줄끼리 **나누어** 보세요. 왕의 줄과 여왕의 줄을 칸마다 나누면 왕관과 궁궐에서는 1에 가깝고, 신사와 수염에서는 크고, 숙녀와 치마에서는 작습니다. 아들의 줄을 딸의 줄로 나누어도 거의 **똑같은 비율**이 나옵니다. 남녀의 차이라는 뜻이 횟수의 *비율*에 들어 있는 것입니다. 비율은 로그를 씌우면 뺄셈이 됩니다. 그래서 GloVe는 벡터의 내적을 횟수의 **로그**에 맞춥니다. 그러면 뜻의 차이가 벡터의 뺄셈이 됩니다.
#
# $$W_i \cdot C_j + b_i + c_j \approx \log X_{ij}$$
#
# $W_i$는 단어 $i$의 벡터, $C_j$는 곁말 $j$의 벡터로, 표 $W$와 $C$의 한 줄씩입니다. 노트는 내적이 "두 단어가 함께 나타난 *횟수*에 가까워지도록" 학습한다고 적습니다. 빠진 것이 셋입니다.
#
# - **로그.** 횟수는 1에서 수천까지 벌어지므로 그대로는 큰 칸 몇 개가 손실을 독차지합니다.
# - **편향** $b_i$, $c_j$. 자주 나오는 단어는 누구와도 자주 만납니다. 그 몫을 편향이 맡습니다.
# - **가중치** $f$. 드물게 만난 짝의 횟수는 우연에 가까우니 덜 믿고, 어느 이상 만난 짝은 똑같이 믿습니다.
#
# $$J = \sum_{X_{ij} > 0} f(X_{ij})\,\big(W_i \cdot C_j + b_i + c_j - \log X_{ij}\big)^2 \qquad f(x) = \min\big(1, (x / x_\text{max})^{\alpha}\big)$$

# %% [markdown] lang="en"
# **Divide** one row by another. The row of 왕 (king) by the row of 여왕 (queen) is close to 1 at 왕관 (crown) and 궁궐 (palace), large at 신사 (gentleman) and 수염 (beard), small at 숙녀 (lady) and 치마 (skirt). Divide 아들 (son) by 딸 (daughter), and you get nearly **the same ratios**. The meaning "male or female" is in the *ratios* of the counts. A log turns ratios into differences. So GloVe fits the dot product to the **log** of the count, and a difference in meaning becomes a difference of vectors.
#
# $$W_i \cdot C_j + b_i + c_j \approx \log X_{ij}$$
#
# $W_i$ is the vector of word $i$ and $C_j$ that of the company $j$, a row each of the tables $W$ and $C$. The notes say that the dot product is trained to come close to the *count* of the two words' meetings. Three things are missing there.
#
# - **The log.** Counts range from 1 into the thousands; as they are, a few large cells would have the loss to themselves.
# - **The biases** $b_i$, $c_j$. A frequent word meets everybody often; the biases take that over.
# - **The weight** $f$. The count of a pair that rarely met is largely chance and is trusted less; above some count all are trusted alike.
#
# $$J = \sum_{X_{ij} > 0} f(X_{ij})\,\big(W_i \cdot C_j + b_i + c_j - \log X_{ij}\big)^2 \qquad f(x) = \min\big(1, (x / x_\text{max})^{\alpha}\big)$$

# %%
x = torch.linspace(0, 40, 200)  # (200,)
figure, (ax,) = plots.axes(1)
ax.plot(x, (x / 20).clamp(max=1) ** 0.75)
plots.label(ax, "GloVe's weight: trust grows, then levels off", "count x (x_max = 20)", "weight f(x)")
plt.show()

# %% [markdown] lang="ko"
# 한 가지 조심할 것이 있습니다. 만난 적 없는 칸의 $\log 0$은 $-\infty$입니다. 가중치 $f(0) = 0$을 곱하면 사라질 것 같지만 $0 \cdot \infty$는 `nan`입니다. `torch.where`로 결과만 골라도 **기울기**는 `nan`이 됩니다. 버린 쪽의 기울기도 계산하기 때문입니다.

# %% [markdown] lang="en"
# One thing to mind: in a cell of words that never met, $\log 0$ is $-\infty$. Multiplied by the weight $f(0) = 0$ it should vanish, but $0 \cdot \infty$ is `nan`. Even if `torch.where` picks the right results, the **gradient** is `nan`, because the part thrown away has its gradient computed all the same.

# %%
x = torch.tensor([0.0, 4.0])  # (2,): one pair never met
for name in ("where, afterwards", "picked out first"):
    w = torch.ones(2, requires_grad=True)  # (2,)
    if name == "where, afterwards":
        loss = torch.where(x > 0, (w - x.log()) ** 2, 0.0).sum()
    else:
        loss = ((w[x > 0] - x[x > 0].log()) ** 2).sum()
    loss.backward()
    print(f"{name}: loss {loss.item():.3f}, gradient {[round(g, 3) for g in w.grad.tolist()]}")

# %% [markdown] lang="ko"
# ### 여러분 차례: `glove-loss`
#
# 그러니 만난 칸만 *먼저 골라내어* 계산하세요. 텐서의 메서드 `X.nonzero(as_tuple=True)`는 0이 아닌 칸들의 줄 번호와 열 번호를 텐서 둘로 줍니다.

# %% [markdown] lang="en"
# ### Your turn: `glove-loss`
#
# So *pick out* the cells of words that met first, and compute with those only. The method `X.nonzero(as_tuple=True)` gives the row numbers and the column numbers of the cells that are not 0, as two tensors.

# %% exercise="glove-loss"
def glove_loss(X, W, C, b, c, x_max, alpha):
    """GloVe's loss J over all pairs that met.

    X: (V, V) float, counts, at least 0, not necessarily symmetric. W, C: (V, D) float, the
    vectors of words (rows of X) and of their company (columns of X). b, c: (V,) float, the
    biases of the two. x_max, alpha: floats above 0, the count from which the weight is 1, and its
    power.
    Returns a tensor of shape (): the sum of f(X[i, j]) (W[i]·C[j] + b[i] + c[j] - log X[i, j])²
    over the cells with X[i, j] > 0. Finite gradients flow to W, C, b and c.
    """
    # rows, columns and counts of the pairs that met   # (N,) each
    # how far each is off                              # (N,)
    # how much each counts                             # (N,)
    ### BEGIN SOLUTION
    i, j = X.nonzero(as_tuple=True)  # (N,), (N,)
    x = X[i, j]  # (N,)
    error = (W[i] * C[j]).sum(1) + b[i] + c[j] - x.log()  # (N,)
    f = (x / x_max).clamp(max=1) ** alpha  # (N,)
    return (f * error**2).sum()
    ### END SOLUTION


# %%
def train_glove(X, D, steps=300, lr=0.05, x_max=20.0, seed=0):
    """GloVe on the whole table at once; returns the losses and W, C (V, D), b, c (V,)."""
    generator = torch.Generator().manual_seed(seed)
    V = len(X)
    W, C = (0.1 * torch.randn(V, D, generator=generator) for _ in range(2))  # (V, D) each
    parts = [p.requires_grad_() for p in (W, C, torch.zeros(V), torch.zeros(V))]
    optimizer = torch.optim.Adam(parts, lr=lr)
    losses = []
    for _ in range(steps):
        loss = glove_loss(X, *parts, x_max, 0.75)
        optimizer.zero_grad()
        loss.backward()
        if W.grad.isnan().any():
            raise ValueError("a gradient is nan: pick out the cells with X > 0 before the log")
        optimizer.step()
        losses.append(loss.item())
    return losses, [p.detach() for p in parts]


glove = None  # until it is trained


# %% tags=["demo", "nbval-ignore-output"]
if X is None:
    raise NotAttempted("cooccurrence")
losses, glove = train_glove(X, D=8)
W, C, b, c = glove
print(f"loss {losses[0]:.0f} -> {losses[-1]:.0f}")
predicted = W @ C.T + b[:, None] + c  # (V, V)
met = X > 0  # (V, V)
figure, (left, right) = plots.axes(2, width=3.8)
for ax, y, label in ((left, X.log(), "log X"), (right, X, "X itself")):
    ax.plot(predicted[met], y[met], ".", markersize=3, alpha=0.4)
    plots.label(ax, f"What is learned, against {label}", "$W_i \\cdot C_j + b_i + c_j$", label)
left.axline((2, 2), slope=1, color=plots.RED, linewidth=0.8)
plt.show()

# %% [markdown] lang="ko"
# 왼쪽: 예측이 $\log X$의 대각선 위에 놓입니다. 적게 만난 짝(왼쪽 아래)은 덜 믿기로 했으니 더 흩어져도 됩니다. 오른쪽: 횟수 자체와는 직선의 관계가 아닙니다.
#
# ### 진짜 글에서는?
#
# 노트는 GloVe가 더 적은 데이터에서도 더 잘 동작한다고 적습니다. 우리 헌법과 리뷰로 확인합시다. 5절에서 쓴 잣대 그대로, 다섯 이웃이 같은 글에서 온 비율입니다.

# %% [markdown] lang="en"
# On the left, the predictions lie on the diagonal of $\log X$. Pairs that met rarely (bottom left) are trusted less and may scatter more. On the right: to the count itself, the relation is no straight line.
#
# ### And in a real text?
#
# The notes say that GloVe works better, with less data as well. Let us check on our constitution and reviews, with the yardstick of section 5: the share of five neighbours that come from the same text.

# %% tags=["demo", "nbval-ignore-output"]
if vectors is None:
    raise NotAttempted("negative_sampling_loss")
X_texts = cooccurrence(texts, V, window=4, weighted=True)  # (V, V)
print(f"{(X_texts == 0).float().mean():.0%} of the cells of the table are 0")
_, (W_real, C_real, _, _) = train_glove(X_texts, D=32, lr=0.02, x_max=10.0)
for name, table in (("skip-gram", vectors), ("GloVe", W_real + C_real)):
    in_law, in_food = same_text(table, is_law)
    print(f"{name:10s} constitution {in_law:.0%}, reviews {in_food:.0%}")

# %% [markdown] lang="ko"
# 여기서는 그렇지 않습니다. GloVe의 리뷰 단어는 우연보다 조금 나은 정도입니다. 까닭은 표의 빈칸에 있습니다. GloVe는 **만난 짝만** 봅니다. 국물과 국회가 한 번도 만나지 *않았다*는 사실은 손실에 들어가지 않으니, 둘의 벡터가 비슷해져도 아무도 말리지 않습니다. skip-gram은 뽑힌 가짜에게서 그것을 배웁니다. 글이 수십억 단어가 되어 표가 채워지면 GloVe도 훌륭합니다. 작은 글에서도 더 낫다는 말은 이 잣대로는 맞지 않습니다. ($W + C$로 두 표를 더해 쓰는 것은 GloVe 논문의 습관입니다. 표가 대칭이라 둘이 같은 일을 하기 때문입니다.)
#
# ## 8. 뺄셈과 덧셈: 유추
#
# 지어낸 이야기로 돌아갑시다. 남녀의 차이가 벡터의 뺄셈이라면, "왕에서 여왕으로 가는 걸음"을 아들에서 출발해 똑같이 걸으면 딸에 닿아야 합니다. 이것이 유추(analogy)입니다: $a$가 $b$라면 $c$는 무엇인가?
#
# $$\text{target} = b - a + c$$
#
# 이 목표와 코사인이 가장 큰 단어를 찾되, **문제에 나온 $a$, $b$, $c$는 빼는 것**이 관례입니다. 왜 빼는지는 곧 봅니다.
#
# ### 여러분 차례: `analogy`

# %% [markdown] lang="en"
# Not here. Its words of the reviews do only a little better than chance. The reason lies in the empty cells: GloVe looks **only at pairs that met**. That 국물 (broth) and 국회 (parliament) *never* met does not enter its loss, so nobody objects if their vectors become alike. Skip-gram learns it from the negatives it draws. With billions of words, when the table fills up, GloVe is excellent. But that it is better on little data, too, is by this yardstick not so. (To add the two tables, $W + C$, is a habit from the GloVe paper: the table is symmetric, and both do the same job.)
#
# ## 8. Adding and subtracting: analogies
#
# Back to our made-up stories. If "male or female" is a difference of vectors, then the step from 왕 (king) to 여왕 (queen), taken from 아들 (son), should arrive at 딸 (daughter). That is an analogy: $a$ is to $b$ as $c$ is to what?
#
# $$\text{target} = b - a + c$$
#
# Find the word with the largest cosine with this target, but **leave out $a$, $b$ and $c$**, as everybody does. Why, you will see in a moment.
#
# ### Your turn: `analogy`

# %% exercise="analogy"
def analogy(a, b, c, vectors, k):
    """The k best answers to: a is to b as c is to what?

    a, b, c: ints, rows of three different words. vectors: (V, D) float, no row of zeros,
    V - 3 >= k.
    Returns (words, cosines): (k,) int64 and (k,) of vectors' dtype: the words other than a, b
    and c whose cosine with vectors[b] - vectors[a] + vectors[c] is largest, largest first. The
    vectors are added and subtracted as they are, not scaled to length 1.
    """
    ### BEGIN SOLUTION
    target = vectors[b] - vectors[a] + vectors[c]  # (D,)
    cosines = F.normalize(vectors, dim=1) @ F.normalize(target, dim=0)  # (V,)
    cosines[[a, b, c]] = -2  # below every cosine
    values, words = cosines.topk(k)
    return words, values
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
if glove is None:
    raise NotAttempted("glove_loss")
both = glove[0] + glove[1]  # W + C, (V, D)
steps = torch.stack([both[family_id[b]] - both[family_id[a]] for a, b in couples])  # (7, D)
right = 0
questions = list(itertools.permutations(couples, 2))
for (a, b), (c, d) in questions:
    answer = family[analogy(family_id[a], family_id[b], family_id[c], both, 1)[0]]
    right += answer == d
print(f"{right} of {len(questions)} analogies are right, such as {a} : {b} = {c} : {answer}")

unit = F.normalize(steps, dim=1)  # (7, D)
cosines = (unit @ unit.T)[~torch.eye(7, dtype=torch.bool)]  # (42,)
print(f"cosines between the seven steps: from {cosines.min():.3f} to {cosines.max():.3f}")

# %% [markdown] lang="ko"
# 지어낸 글에서는 거의 다(여기서는 모두) 맞습니다. 그림으로 봅시다. 인물 열넷만 골라 2차원으로 누르고, 쌍마다 화살표를 그립니다.

# %% [markdown] lang="en"
# In the made-up text nearly all are right; here, all of them. In a picture: only the fourteen persons, pressed down to two dimensions, with an arrow for every couple.

# %% tags=["demo", "nbval-ignore-output"]
if glove is None:
    raise NotAttempted("glove_loss")
persons = [family_id[p] for p in sum(couples, [])]  # man, woman, man, …
points = both[persons] - both[persons].mean(0)  # (14, D)
axis = F.normalize(steps.mean(0), dim=0)  # (D,): the mean step
rest = points - (points @ axis)[:, None] * axis  # (14, D): what is left without it
across = rest @ torch.linalg.svd(rest, full_matrices=False).Vh[0]  # (14,)
plane = torch.stack([across, points @ axis], 1)  # (14, 2)
figure, (ax,) = plots.axes(1, width=6.4, height=3.6)
for k, (man, woman) in enumerate(couples):
    start, end = plane[2 * k].tolist(), plane[2 * k + 1].tolist()
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": plots.GREY})
    ax.plot(*start, "s", color=plots.BLUE)
    ax.plot(*end, "o", color=plots.ORANGE)
top = float(plane[:, 1].abs().max())
for side in (0, 1):  # labels below the men, above the women, every second one farther away
    order = plane[side::2, 0].argsort().tolist()
    for n, k in enumerate(order):
        x, y = plane[2 * k + side].tolist()
        y += (2 * side - 1) * top * (0.2 if n % 2 == 0 else 0.45)
        ax.text(x, y, couples[k][side], ha="center", va="center")
ax.set_ylim(-1.75 * top, 1.75 * top)
ax.margins(x=0.08)
plots.label(ax, "Every couple takes about the same step", "main difference between roles", "mean step")
plt.show()

# %% [markdown] lang="ko"
# 걸음들이 거의 나란합니다. 하지만 **거의**입니다. 노트는 "비슷한 관계는 같은 벡터를 가진다"고 적지만, 우리가 관계를 일부러 똑같이 넣어 지은 글에서도 코사인은 1이 아닙니다. 같은 것이 아니라 대략 같습니다.
#
# ### 되는 척하기
#
# 이제 진짜 글, 헌법과 리뷰의 벡터에 물어봅시다. 무작위로 고른 세 단어로 유추를 시키면, 목표에 **가장 가까운** 단어가 문제에 나온 셋 가운데 하나인 일이 얼마나 잦을까요? 손으로 고른 문제도 셋 풀려 봅시다. 국회가 국회의원이라면 대법원은? 대통령이 국무총리라면 국회는? 맛있다가 음식이라면 친절하다는?

# %% [markdown] lang="en"
# The steps are almost parallel. But **almost**: the notes say that similar relations have the same vector, and even in this text, into which we put the very same relation on purpose, the cosines are not 1. They are not the same but roughly the same.
#
# ### Only pretending
#
# Now ask the vectors of a real text, the constitution and the reviews. Take three words at random and make an analogy of them: how often is the word **closest** to the target one of the three in the question? And three questions by hand: 국회 (parliament) is to 국회의원 (member of parliament) as 대법원 (supreme court) is to what? 대통령 (president) to 국무총리 (prime minister) as 국회 to what? 맛있다 (delicious) to 음식 (food) as 친절하다 (friendly) to what?

# %% tags=["demo", "nbval-ignore-output"]
if vectors is None:
    raise NotAttempted("negative_sampling_loss")
generator = torch.Generator().manual_seed(0)
closest = Counter()
for _ in range(500):
    a, b, c = torch.randperm(V, generator=generator)[:3].tolist()
    target = vectors[b] - vectors[a] + vectors[c]  # (D,)
    best = int(F.cosine_similarity(vectors, target[None], dim=1).argmax())
    closest["b" if best == b else "c" if best == c else "a" if best == a else "another"] += 1
print("closest to b - a + c:", {name: f"{n / 500:.0%}" for name, n in closest.most_common()})
for a, b, c in (("국회", "국회의원", "대법원"), ("대통령", "국무총리", "국회"), ("맛있다", "음식", "친절하다")):
    found, cosines = analogy(word_id[a], word_id[b], word_id[c], vectors, 3)
    print(f"{a} : {b} = {c} :", *[vocab[w] for w in found])
    for word in (b, c):
        near = cosine_neighbours(word_id[word], vectors, 5)[0]
        print(f"    next to {word}:", *[vocab[w] for w in near])

# %% [markdown] lang="ko"
# 대부분은 문제에 있던 $b$나 $c$ 자신이 가장 가깝습니다. 그러니 관례대로 셋을 빼고 보면 "그다음 가까운 것"이 답으로 나오는데, 그것은 흔히 $b$나 $c$의 이웃일 뿐입니다. 위의 세 문제에서 답과 그 아래의 두 줄을 견주어 보세요. 그럴듯해 보이는 답이 있어도 **벡터의 뺄셈이 해낸 일인지, 그냥 이웃인지** 알 수 없습니다. 유추 점수를 보거든 이렇게 물으세요. 셋을 뺐나? 빼지 않으면 몇 점인가? $b$나 $c$의 가장 가까운 이웃만 말해도 몇 점인가?
#
# ## 정리
#
# - 원-핫 벡터는 어느 둘이나 거리가 $\sqrt 2$, 코사인이 0입니다. 임베딩은 곁말이 비슷한 단어를 가까이 둡니다. `nn.Embedding`은 원-핫 곱하기 행렬, 곧 표의 줄을 꺼내는 일입니다.
# - CBOW는 (문맥 전부, 가운데), skip-gram은 (가운데, 이웃 하나)입니다. window는 한쪽의 수입니다. 문장 끝을 버리면 한 번도 가운데가 되지 못하는 단어가 생깁니다.
# - CBOW는 진짜 이웃의 *평균*입니다. 패딩은 마스크로 빼고, 나누는 수도 진짜 이웃의 수입니다.
# - 손실이 줄었다고 임베딩이 배운 것은 아닙니다. 노트의 학습률로는 출력층만 배웠습니다. 얼마나 움직였는지 재세요.
# - 네거티브 표본 추출은 $V$개의 소프트맥스를 $1 + K$개의 예-아니오로 바꿉니다. 가짜는 횟수의 0.75제곱에 비례해서 뽑습니다.
# - 비슷함은 방향에 있습니다. 코사인으로 견주고 자기 자신은 빼세요.
# - GloVe는 내적과 두 편향을 횟수의 *로그*에 맞추고, 드문 짝은 덜 믿습니다. 만나지 않은 짝은 보지 않아서 작은 글에서는 서툽니다.
# - 관계는 *대략* 같은 벡터입니다. 유추의 정답은 문제의 세 단어를 뺀 덕을 크게 봅니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 표가 왜 둘이나 필요할까요? 하나만 쓰면 안 되나요?</summary>
#
# 표가 하나라면 단어가 제 곁에 나올 점수는 $v \cdot v = \|v\|^2$으로, 언제나 크고 양수입니다. 그런데 단어는 제 곁에 잘 나오지 않습니다. "국물 국물"이라고는 하지 않으니까요. 표가 둘이면 $u_w \cdot v_w$가 작아도 됩니다. 학습이 끝나면 보통 $W_\text{in}$을 쓰고 $W_\text{out}$은 버리거나 더합니다.
# </details>
#
# <details><summary>2. 맛있다와 맛없다의 벡터는 멀까요, 가까울까요?</summary>
#
# 대개 가깝습니다. 둘은 같은 자리에 들어가고("국물이 ___") 곁말도 같습니다. 곁말로 배운 벡터는 *무엇에 대한 말인지*는 알아도 *좋다는 말인지*는 잘 모릅니다. 감정을 가리려면 17장처럼 정답 레이블이 있어야 합니다.
# </details>
#
# <details><summary>3. "배"에는 먹는 배, 타는 배, 아픈 배가 있습니다. 벡터는 몇 개일까요?</summary>
#
# 하나입니다. 세 뜻의 곁말이 한 벡터에 섞입니다. 문장을 읽으면서 *그 자리의* 벡터를 만드는 모델이 이 문제를 풉니다. 19장의 RNN이 첫걸음이고, 24장의 끝에서 이름이 나올 어텐션이 그다음입니다.
# </details>
#
# <details><summary>4. 단어장에 없는 단어는 어떻게 하나요?</summary>
#
# 벡터가 없습니다. 17장처럼 모르는 단어의 번호 하나로 모으거나, 단어를 더 작은 조각으로 나누어 조각의 벡터를 더합니다. 뒤의 것이 fastText이고, "맛있었습니다"와 "맛있네요"가 조각을 나누어 갖는 한국어에서 특히 쓸모가 있습니다.
# </details>
#
# <details><summary>5. 학습한 $u \cdot v$는 결국 무엇이 되나요?</summary>
#
# 데이터와 차원이 넉넉하면 $u_o \cdot v_c \approx \log\frac{P(c,\,o)}{P(c)P(o)} - \log K$에 가까워집니다. 앞의 것은 점별 상호정보량(pointwise mutual information), "우연히 만날 때보다 몇 배나 자주 만났는가"의 로그입니다. (가짜를 횟수 그대로 뽑을 때의 식입니다.) 그러니 skip-gram도 속으로는 GloVe처럼 횟수의 표를 분해하는 셈입니다.
# </details>
#
# <details><summary>6. 우리가 지은 이야기에서 치마는 언제나 여자 곁에 있었습니다. 진짜 글도 그렇다면?</summary>
#
# 벡터는 글의 버릇을 그대로 배웁니다. 어떤 직업이 글에서 한쪽 성과 자주 만나면 벡터도 그쪽으로 기웁니다. 그런 벡터로 이력서를 고르면 글의 편견이 결정이 됩니다. 벡터를 쓰기 전에 그 걸음(예: 남자에서 여자로) 위에 무엇이 놓여 있는지 재어 보세요. 이 장의 도구로 할 수 있습니다.
# </details>

# %% [markdown] lang="en"
# Mostly $b$ or $c$ itself, straight from the question, is closest. Leave out the three as usual, and "the next closest" comes out as the answer, which is often just a neighbour of $b$ or $c$: compare the answers to the three questions above with the two lines below each. Even where an answer looks plausible, you cannot tell **whether the subtraction did it or whether it is merely a neighbour**. When you see a score on analogies, ask: were the three left out? What is it if they are not? And what if one just names the nearest neighbour of $b$ or $c$?
#
# ## Summary
#
# - Any two one-hot vectors have the distance $\sqrt 2$ and the cosine 0. An embedding puts words near one another that keep similar company. `nn.Embedding` is one-hot times matrix, that is, taking out a row of a table.
# - CBOW has (whole context, centre), skip-gram has (centre, one neighbour). The window counts one side. Whoever drops the ends of sentences has words that are never a centre.
# - CBOW is the *mean* of the real neighbours. A mask takes the padding out, and it is their number one divides by.
# - A falling loss does not say that the embeddings have learned. With the notes' learning rate only the output layer did. Measure how far they moved.
# - Negative sampling turns a softmax over $V$ words into $1 + K$ questions of yes or no. Negatives are drawn in proportion to the counts to the power 0.75.
# - Likeness is in the direction. Compare by cosine, and leave out the word itself.
# - GloVe fits the dot product and two biases to the *log* of the count, and trusts rare pairs less. It does not look at pairs that never met, and so is clumsy on a small text.
# - A relation is *roughly* the same vector. The right answers to analogies owe much to leaving out the words of the question.
#
# ## Further questions
#
# <details><summary>1. Why two tables? Would one not do?</summary>
#
# With one table, the score of a word as its own neighbour is $v \cdot v = \|v\|^2$, always positive and large. But words rarely stand next to themselves: nobody says "broth broth". With two tables $u_w \cdot v_w$ may be small. After training one mostly uses $W_\text{in}$, and either throws $W_\text{out}$ away or adds it.
# </details>
#
# <details><summary>2. Are the vectors of "delicious" and "tasteless" far apart or close?</summary>
#
# Close, as a rule. They fit into the same places ("the broth is ___") and keep the same company. Vectors learned from company know *what a word is about*, but hardly *whether it is praise*. To tell feelings you need labels, as in chapter 17.
# </details>
#
# <details><summary>3. The Korean word 배 is a pear, a boat and a belly. How many vectors does it have?</summary>
#
# One, in which the company of all three is mixed. The cure is a model that makes a vector for *this place* while it reads the sentence. The RNN of chapter 19 is a first step, and attention, which the end of chapter 24 will name, the next.
# </details>
#
# <details><summary>4. What about a word that is not in the vocabulary?</summary>
#
# It has no vector. Either all unknown words share one number, as in chapter 17, or words are cut into smaller pieces whose vectors are added. The latter is fastText. It is especially useful in Korean, where 맛있었습니다 and 맛있네요 (two forms of "delicious") share pieces.
# </details>
#
# <details><summary>5. What does the trained $u \cdot v$ amount to?</summary>
#
# Given enough data and dimensions, $u_o \cdot v_c \approx \log\frac{P(c,\,o)}{P(c)P(o)} - \log K$. The first part is the pointwise mutual information, the log of "how many times as often as by chance did they meet". (The formula is for negatives drawn by their plain counts.) So at heart skip-gram, too, takes a table of counts apart, as GloVe does.
# </details>
#
# <details><summary>6. In our stories a skirt was always near a woman. What if real texts are like that?</summary>
#
# Vectors learn the habits of a text as they are. If some profession mostly meets one sex in the text, its vector leans that way; choose applicants by such vectors, and the prejudice of the text becomes a decision. Before you use vectors, measure what lies along such a step, say from man to woman. The tools of this chapter can do it.
# </details>
