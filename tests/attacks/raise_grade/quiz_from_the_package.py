"""Takes the right letters of the quiz from the checks that every student has.

In process: yes, a quiz that answers at home has its answers at home.
Here: yes, by design: a quiz that explains each wrong option at once is for learning. Do not grade
it when that matters.
Shown by: points
Base: quiz_dropout open
"""
from grader.exercises.ch01_quiz import QuizDropout

quiz_dropout = {
    number: next(letter for letter, option in question.options.items() if option.right)
    for number, question in QuizDropout.questions.items()
}
