"""Judging, embedding and naming: pure, deterministic, both languages."""

import json
import math
from pathlib import Path

import pytest

from app.models import DIMENSIONS
from app.triage.classifier import CLASSES, WEIGHTS_FILE, trained
from app.triage.embedding import embed, from_text, moved_mean, normalised, to_text
from app.triage.naming import topic_name
from app.triage.rules import is_ceremony, urgency
from app.triage.text import concept_of, features, words
from app.triage.triage import TASK_FROM_IMPORTANCE, TITLE_LENGTH, judge, priority_of, title_of
from training.train import as_json, read_corpus, train

FOLDS = 3


def cosine(left: str, right: str) -> float:
    return sum(a * b for a, b in zip(embed(left), embed(right), strict=True))


def test_the_stored_weights_are_what_training_makes_of_the_corpus() -> None:
    assert WEIGHTS_FILE.read_text() == as_json(train(read_corpus()))


def test_the_model_tells_signal_from_noise_on_lines_it_has_not_seen() -> None:
    corpus = read_corpus()
    right = 0
    for fold in range(FOLDS):
        model = train([line for place, line in enumerate(corpus) if place % FOLDS != fold])
        for line in corpus[fold::FOLDS]:
            chances = model.probabilities(line.text)
            guess = max(chances, key=lambda name: chances[name])
            right += (guess == "noise") == (line.label == "noise")
    assert right / len(corpus) > 0.8


def test_the_corpus_covers_every_class_in_both_languages() -> None:
    for label in CLASSES:
        lines = [line.text for line in read_corpus() if line.label == label]
        ukrainian = sum(any("а" <= letter <= "я" for letter in line.lower()) for line in lines)
        assert len(lines) >= 40
        assert ukrainian >= 15
        assert len(lines) - ukrainian >= 15


def test_probabilities_are_probabilities() -> None:
    for text in ("", "!!!", "login fails", "x" * 10_000, "🙂"):
        chances = trained().probabilities(text)
        assert set(chances) == set(CLASSES)
        assert math.isclose(sum(chances.values()), 1)


@pytest.mark.parametrize(
    ("text", "label", "category"),
    [
        ("Payment fails with error 502", "signal", "bug"),
        ("Оплата карткою не проходить, помилка 502", "signal", "bug"),
        ("Please add a dark mode", "signal", "feature"),
        ("Додайте, будь ласка, темну тему", "signal", "feature"),
        ("How do I reset my password?", "signal", "question"),
        ("Як відновити пароль?", "signal", "question"),
        ("Update the dependencies of the worker", "signal", "chore"),
        ("Оновити залежності воркера до останніх версій", "signal", "chore"),
        ("Good morning everyone!", "noise", None),
        ("Дякую, ти найкращий", "noise", None),
        ("RESOLVED: disk usage on db-1 is 61 %", "noise", None),
    ],
)
def test_messages_are_judged_as_a_person_would(text: str, label: str, category: str | None) -> None:
    verdict = judge(text)
    assert (verdict.label, verdict.category) == (label, category)
    assert verdict.makes_task == (label == "signal")


def test_an_outage_is_urgent_and_never_noise() -> None:
    for text in ("lol the site is down for all users", "Все впало, жоден клієнт не може увійти"):
        verdict = judge(text)
        assert (verdict.label, verdict.priority) == ("signal", "urgent")


def test_what_can_wait_matters_less() -> None:
    text = "The chart is blank in Firefox"
    patient = judge(f"{text}. No rush, low priority")
    assert patient.importance < judge(text).importance
    assert urgency("Терміново! Клієнт чекає").shift > 0


def test_noise_never_makes_a_task() -> None:
    for line in read_corpus():
        verdict = judge(line.text)
        assert 0 < verdict.importance < 1
        assert (verdict.category is None) == (verdict.label == "noise")
        assert not (verdict.label == "noise" and verdict.importance >= TASK_FROM_IMPORTANCE)


def test_priorities_follow_importance() -> None:
    assert [priority_of(x) for x in (0.99, 0.8, 0.6, 0.3)] == ["urgent", "high", "medium", "low"]


def test_titles_are_one_short_line() -> None:
    assert title_of("Short.\nMore below") == "Short."
    long = title_of("word " * 100)
    assert len(long) <= TITLE_LENGTH + 1
    assert long.endswith("word…")


def test_ceremony_is_recognised_and_content_is_not() -> None:
    assert is_ceremony("Доброго ранку всім!")
    assert is_ceremony("ok thanks")
    assert not is_ceremony("ok, the login fails")
    assert not is_ceremony("")


@pytest.mark.parametrize("text", ["a", "!!!", "🙂", " ", "login", "слово " * 2000, "\u202e"])
def test_every_text_has_a_place_on_the_sphere(text: str) -> None:
    vector = embed(text)
    assert len(vector) == DIMENSIONS
    assert math.isclose(sum(value * value for value in vector), 1, abs_tol=1e-3)
    assert vector == embed(text)
    assert from_text(to_text(vector)) == vector


def test_meaning_is_near_across_inflection_and_language() -> None:
    other = "Pizza or sushi for lunch?"
    for left, right in (
        ("оплата карткою", "оплати картками не проходять"),
        ("не можу увійти", "cannot log in"),
        ("disk is full", "диск заповнений"),
        ("slow page", "сторінка повільна"),
    ):
        assert cosine(left, right) > 0.3 > cosine(left, other)


def test_means_move_towards_what_joins() -> None:
    north, east = normalised([0.0, 1.0]), normalised([1.0, 0.0])
    assert moved_mean(north, 1, east) == normalised([1.0, 1.0])
    assert moved_mean(north, 99, east)[1] > 0.99
    assert normalised([0.0, 0.0]) == [1.0, 0.0]


def test_addresses_ids_and_numbers_are_one_word_each() -> None:
    assert words("See https://a.example/x?y=1 or mail b@c.example") == [
        "see", "weblink", "or", "mail", "weblink",
    ]  # fmt: skip
    assert words("job 7f3a9c21-44de 12345 failed") == ["job", "numeral", "numeral", "failed"]
    assert words("error 500") == ["error", "500"]
    assert words("log in, signed out") == ["login", "login"]


def test_every_apostrophe_is_the_same() -> None:
    assert {tuple(words(f"пам{mark}ять")) for mark in "'’ʼ`"} == {("пам'ять",)}


def test_concepts_join_both_languages() -> None:
    assert concept_of("password") == concept_of("паролем") == "login"
    assert concept_of("xyzzy") is None


def test_a_text_without_words_still_has_features() -> None:
    assert features("?!")
    assert features("🙂")


def test_topics_are_named_by_what_they_are_about() -> None:
    assert topic_name("The export to CSV is empty since yesterday").startswith("Export")
    assert topic_name("???") == "???"
    assert topic_name("a" * 60) != ""


def test_the_samples_of_the_feed_are_judged_plausibly() -> None:
    samples = json.loads((Path(WEIGHTS_FILE).parents[1] / "feed_samples.json").read_text("utf-8"))
    labels = [judge(content).label for _, _, content in samples]
    assert 0.15 < labels.count("noise") / len(labels) < 0.45
