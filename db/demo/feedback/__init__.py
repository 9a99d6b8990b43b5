"""What the people of the demo say, ask for and vote on, with known truths planted in it."""

from db.demo.feedback.comments import crowd
from db.demo.feedback.keeping import hear
from db.demo.feedback.keeping import keep as keep_feedback

__all__ = ["crowd", "hear", "keep_feedback"]
