"""What a channel says itself is told in the reader's language, and a provider's words stay as they were."""

import pytest
from django.utils.translation import override

from outreach.channels.sentences import LINE_BROKE_AFTER, SENTENCES, TOKEN_REFUSED, in_words


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("language", ["en", "fr", "es", "ht"])
def test_each_sentence_is_known_again_with_whatever_stands_in_it(sentence, language):
    kept = sentence.replace("%s", "5 % (odd)\n.* words")
    with override(language):
        told = in_words(kept)

    assert ("5 % (odd)\n.* words" in told) is ("%s" in sentence)
    assert (told == kept) is (language == "en")


@pytest.mark.parametrize("words", ["", "554 5.7.1 Refused", "Forbidden: bot was blocked by the user", "The line"])
def test_other_words_are_a_providers(words):
    assert in_words(words) == ""


def test_it_is_told_in_the_readers_language():
    with override("fr"):
        assert in_words(LINE_BROKE_AFTER % "closed").startswith("La connexion s’est coupée")
        assert in_words(TOKEN_REFUSED % "Unauthorized").endswith("Unauthorized")
