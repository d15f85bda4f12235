"""Hostile, broken and unusual submissions, by class: each entry says in one line what it tries.

    denial    stop the batch or slow it down       broken     be no notebook at all
    leaks     see or send what is none of theirs   injection  put code into somebody's page
    harm      change something outside             honest     none of that, and full marks
    cheating  points without the work

`corpus.everything()` gives them all as submissions; `Submission.write` hands one in.
"""
