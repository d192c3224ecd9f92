"""Chapter 1: the quiz."""

from __future__ import annotations

from grader.checks.quiz import Option, Question, Quiz


class QuizDropout(Quiz):
    name, points = "quiz_dropout", 4
    hints = (
        "Every wrong option explains itself when you check it: choose, check, read, and think "
        "again.",
        "Three of the questions can be settled by an experiment of two lines. Which?",
        "For questions about h' write down its two values and their probabilities; for questions "
        "about training, think of what is different in the next batch.",
    )
    questions = {
        1: Question(
            "A hidden unit h goes through dropout with rate p. What stays as it was?",
            {
                "a": Option(
                    "its mean and its variance",
                    "The mean stays. The variance does not: for a given h there was none, and "
                    "with dropout there is.",
                ),
                "b": Option("its mean", "", right=True),
                "c": Option(
                    "its variance",
                    "The two values 0 and h / (1 - p) lie apart: that is a variance of "
                    "h² p / (1 - p), where there was none.",
                ),
                "d": Option(
                    "neither",
                    "Work out (1 - p) · h / (1 - p): this is what the scale is for.",
                ),
            },
        ),
        2: Question(
            "What does dropout do to the labels?",
            {
                "a": Option(
                    "it changes a share p of them",
                    "That would be label noise, another method. Dropout acts on hidden units.",
                ),
                "b": Option(
                    "it softens them towards equal probabilities",
                    "That is label smoothing. Dropout does not look at the labels.",
                ),
                "c": Option("nothing", "", right=True),
            },
        ),
        3: Question(
            "How do p = 0.5 and p = 0 compare in computing time for one training step here?",
            {
                "a": Option(
                    "p = 0.5 takes about half the time, since half of the units are gone",
                    "The units are still there, as zeros, and a matrix product multiplies zeros "
                    "like any number.",
                ),
                "b": Option(
                    "p = 0.5 takes a little longer: drawing and applying the mask is extra work",
                    "",
                    right=True,
                ),
                "c": Option(
                    "p = 0.5 is faster in the backward pass only, where dropped units have no "
                    "gradient",
                    "Their gradients are zeros, and those are multiplied as well.",
                ),
            },
        ),
        4: Question(
            "When is a new mask drawn?",
            {
                "a": Option(
                    "once, when the network is made",
                    "Then the dropped units would be gone for good: it would be a smaller network, "
                    "not dropout.",
                ),
                "b": Option(
                    "once an epoch",
                    "Within the epoch the remaining units could again rely on each other.",
                ),
                "c": Option(
                    "in every forward pass in train mode, for every example of the batch",
                    "",
                    right=True,
                ),
                "d": Option(
                    "in every forward pass, one mask for the whole batch",
                    "The mask has the shape of the batch of activations: each example has its own.",
                ),
            },
        ),
        5: Question(
            "A colleague says: dropout is like annealing, it perturbs the solution less and less "
            "until the global optimum is found. What is right?",
            {
                "a": Option(
                    "dropout keeps p as it is, and promises no global optimum",
                    "",
                    right=True,
                ),
                "b": Option(
                    "the colleague is right, if the learning rate falls too",
                    "A falling learning rate makes steps smaller, but p stays, and nothing here "
                    "finds a global optimum.",
                ),
                "c": Option(
                    "the colleague is right: p goes to 0 during training",
                    "p is a constant. It is switched off at once, for testing, not slowly.",
                ),
            },
        ),
        6: Question(
            "In our layer, what has to be done to the weights for testing?",
            {
                "a": Option(
                    "they are multiplied by 1 - p",
                    "So it was in the first papers, which did not scale in training. We divide by "
                    "1 - p in training, and testing needs nothing.",
                ),
                "b": Option(
                    "they are divided by 1 - p",
                    "The activations were divided in training already; a second time is too much.",
                ),
                "c": Option("nothing: dropout is switched off, that is all", "", right=True),
            },
        ),
        7: Question(
            "Why does the loss of the chapter have `reduction='none'`?",
            {
                "a": Option(
                    "because dropout needs one loss for each hidden unit",
                    "The loss has one number an example; hidden units have none of their own.",
                ),
                "b": Option(
                    "so that the training loop decides: mean for an optimizer, sum for an updater "
                    "that divides itself, and a correct mean over unequal batches",
                    "",
                    right=True,
                ),
                "c": Option(
                    "because the mean of the losses has no gradient",
                    "It has: an optimizer is fed with just that.",
                ),
            },
        ),
        8: Question(
            "Train accuracy is 0.87 in train mode, test accuracy 0.87 in eval mode. What follows?",
            {
                "a": Option(
                    "the network does not overfit at all",
                    "The two were measured in different modes. In eval mode the train accuracy is "
                    "higher.",
                ),
                "b": Option(
                    "dropout was too strong: the numbers should differ",
                    "Equal numbers are no sign of harm; they are just no fair comparison.",
                ),
                "c": Option(
                    "little yet: the train accuracy was measured with units dropped, and while "
                    "the weights still moved",
                    "",
                    right=True,
                ),
            },
        ),
    }
