"""How people of the demo write in English: what a comment is put together of, slot by slot."""

from itertools import product

Slot = tuple[str, ...]

OPENERS: dict[str, Slot] = {
    "negative": (
        *("",) * 6,
        "Honestly, this is frustrating. ", "Sorry to complain, but here it is. ", "Not happy. ",
        "This is getting annoying. ", "I am disappointed. ", "A bad week with your product. ",
        "Hi team, I have a problem. ", "Second time I report this problem. ",
        "Please look into this, it is bad. ", "We are stuck. ", "Ugh. ", "Quick complaint: ",
    ),
    "positive": (
        *("",) * 6,
        "Thank you! ", "Great work. ", "I am really happy. ", "Love it. ", "Well done, team. ",
        "Nice one. ", "This made my week, thanks. ", "Credit where it is due, great job. ",
        "I have to say it: excellent. ", "A happy customer here. ", "Wow. ", "Short praise: ",
    ),
    "neutral": (
        *("",) * 6,
        "Hi team, a suggestion. ", "Is this on the roadmap? ", "A wish from our side. ",
        "One request. ", "Asking for the whole office. ", "Following up on my last note. ",
        "Small idea. ", "For your backlog: ", "Do you plan this? ", "Question. ",
    ),
}  # fmt: skip
CLOSERS: dict[str, Slot] = {
    "negative": (
        *("",) * 6,
        " Please fix this.", " It worked before, so what went wrong?", " Very annoying.",
        " My colleagues have the same problem.", " This costs us hours every week.",
        " I am losing patience.", " It is a real pain.", " Terrible experience so far.",
        " I expected better.", " That is bad for our team.", " We hate it.", " So frustrating!",
    ),
    "positive": (
        *("",) * 6,
        " Keep it up!", " Best thing you have built so far.", " Thanks a lot.",
        " My colleagues love it too.", " It saves us hours every week.", " So good!",
        " I recommend it to everybody.", " Perfect for our team.", " A joy to use.",
        " Five stars from me.", " We like it very much.", " Amazing.",
    ),
    "neutral": (
        *("",) * 6,
        " Others in our office asked too.", " Any date for that?", " We can test an early build.",
        " Other tools have it.", " Let us know.", " It would be used daily.",
        " It is not urgent.", " That is all from us.",
        " We would vote for it.", " What is the plan?",
    ),
}  # fmt: skip

ROWS = ("2,000", "5,000", "8,000", "12,000", "20,000", "40,000", "65,000", "100,000")
MINUTES = ("five", "eight", "ten", "twelve", "fifteen", "twenty", "thirty", "forty")
TEAMS = ("sales", "support", "finance", "design", "research", "marketing", "legal", "data")
TASKS = (
    "the weekly review", "the monthly close", "our stand-up", "client calls", "the budget round",
    "planning", "hiring", "the audit", "our release notes", "board meetings",
)  # fmt: skip


def each(pattern: str, *values: Slot) -> Slot:
    """The pattern with every combination of values in it."""
    return tuple(pattern.format(*chosen) for chosen in product(*values))


CORES: dict[str, Slot] = {
    "slow_export": (
        "Since the last update the export is terribly slow",
        "Exports are painfully slow now", "The CSV export is so slow that it fails",
        "Exporting a report takes forever and is slow", "The new version made the export slow",
        "PDF export is slow and often hangs", "Our slow exports block the whole team",
        "The slow export ruins my morning", "I wait ages, the export is too slow",
        "Slow export, every single time", "The export got much too slow",
    ),
    "permissions": (
        "The permission settings are confusing", "I find permissions when sharing very confusing",
        "Sharing is hard because the permissions are confusing",
        "Setting up permissions for guests is a confusing mess",
        "The confusing permission roles lock people out",
        "Nobody understands the confusing permissions dialog",
        "Permissions are badly explained and confusing",
        "A guest got the wrong permission because the dialog is confusing",
        "The difference between the permission levels is confusing",
        "Confusing permissions, again", "We fail to set permissions, the screen is confusing",
    ),
    "lost_changes": (
        "The sync lost my changes", "After the sync my changes were lost",
        "I lost changes because of a sync conflict", "Sync errors, and my changes are lost",
        "Half of my lost changes never came back after the sync",
        "The sync silently dropped my changes, work lost",
        "My changes are lost whenever two people sync", "Lost changes after every bad sync",
        "The sync overwrote and lost the changes of my colleague",
        "Sync broke, changes lost, nobody warned me", "Again lost changes after a failed sync",
    ),
    "saved_views": (
        "Saved views are great", "I love the saved views", "The saved views save me so much time",
        "Saved views are a wonderful idea", "Our whole team enjoys the saved views",
        "Saved views make my day easier", "The new saved views are excellent",
        "Sharing saved views works perfectly", "Saved views are the best feature",
        "Finally saved views, brilliant", "With saved views I am happy and fast",
    ),
    "templates": (
        "The templates are beautiful", "Great templates to start from",
        "The weekly report template is excellent", "I love how easy the templates are",
        "Templates make starting a pleasure", "The template gallery is impressive",
        "Nice templates, well designed", "Thanks for the helpful templates",
    ),
    "support": (
        "Your support team is wonderful", "Support answered quickly and kindly",
        "Great help from support", "The support chat is superb", "Support solved it, thank you",
        "Friendly and fast support", "Best support that I know", "Support was excellent",
    ),
    "search": (
        "The new search is impressively fast", "Search finds everything, great",
        "I love the fast search", "Searching is a pleasure now", "Fast search, good results",
        "Search results are excellent", "The search is smart and fast", "Brilliant search",
    ),
    "android_crash": (
        "The Android app crashes when I open a file", "The app keeps crashing on Android",
        "Another crash on my Android phone", "Since the update the Android app crashes badly",
        "Crash after crash, the Android app is broken", "Android app crashes on start, awful",
        "The Android version crashes with an ugly error", "It crashes on every Android tablet",
    ),
    "price": (
        "The price is too high for what we get", "The price increase is a bad surprise",
        "Too expensive, the price hurts small teams", "Your price per seat is unfair",
        "The price of the pro plan is hard to defend", "Sadly the price went up again",
        "The price is a problem for us", "The pricing page is a bad joke, the price is higher",
    ),
    "notifications": (
        "Too many notifications, it is a pain", "The notification mails are annoying",
        "Notifications flood my inbox and annoy me", "I hate the useless notifications",
        "Annoying notifications at night", "I can't stop the notifications, terrible",
        "Notifications are broken and noisy", "The notification noise is a problem",
    ),
    "dark_mode": (
        "A dark mode would be useful", "Please add a dark mode", "Is there a dark mode",
        "We would use a dark mode in the editor", "Dark mode for the dashboards, please",
        "Could you add dark mode", "Any dark mode planned", "A dark mode for late hours",
    ),
    "slack": (
        "Please add an integration with Slack", "A Slack integration would be useful",
        "Could alerts go to Slack", "Post comments to a Slack channel",
        "We need the Slack integration", "Slack messages for new comments, please",
        "Is a Slack integration planned", "Send the reports to Slack",
    ),
    "offline": (
        "An offline mode for trains and planes, please", "Please let us work offline",
        "Could the editor work offline", "Is an offline mode planned",
        "Offline editing would be useful", "We need offline access in the field",
        "Keep a copy offline", "An offline mode on the phone would be used",
    ),
    "import": (
        "Please let us import spreadsheets", "An import from Excel would be useful",
        "Could you import CSV with custom columns", "We need a bulk import of contacts",
        "Is an import from other tools planned", "Import with a mapping of columns, please",
        "Add an import by address", "A scheduled import every night, please",
    ),
    "general": each(
        "{} the {} {}",
        ("I use", "We use", "We tried", "I opened", "Our team looked at", "I still compare"),
        ("dashboards", "filters", "comments", "alerts", "shortcuts", "history", "themes"),
        ("most days", "once a week", "for a new project", "with two colleagues", "in the browser"),
    ),
    "short": (
        "ok", "fine", "works", "as expected", "nothing to add", "no comment", "see above",
        "same as last time", "just testing", "all clear", "hm", "not sure yet", "it does the job",
        "good", "great", "nice", "bad", "not good", "meh", "👍", "👎", "super 🙂", "okay-ish",
    ),
}  # fmt: skip
DETAILS: dict[str, Slot] = {
    "slow_export": each("; {} rows need {} minutes.", ROWS, MINUTES)
    + each(", which is bad for {} in {}.", TASKS, TEAMS),
    "permissions": each("; {} people from {} could not open the file.", MINUTES, TEAMS)
    + each(", and {} in {} is stuck.", TASKS, TEAMS),
    "lost_changes": each("; {} minutes of work for {} are gone.", MINUTES, TASKS)
    + each(", {} rows of {} are missing.", ROWS, TEAMS),
    "saved_views": each("; {} in {} is quick now.", TASKS, TEAMS)
    + each(", I have {} of them for {}.", MINUTES, TASKS),
    "android_crash": each("; it took {} tries during {}.", MINUTES, TASKS),
    "price": each("; {} seats in {} are hard to pay.", MINUTES, TEAMS),
    "notifications": each("; {} of them during {}.", MINUTES, TASKS),
    "import": each("; we have {} rows from {}.", ROWS, TEAMS),
    "short": (
        "", "", "", ".", "!", " for me", " so far", " today", " here", " for now", " this week",
    ),
}  # fmt: skip
OTHERWISE = each("; we use it for {} in {}.", TASKS, TEAMS) + each(
    ", {} of us in {} said so.", MINUTES, TEAMS
)
