"""How people of the demo write in other languages than English."""

from db.demo.feedback.phrases import Slot

OPENERS: dict[str, Slot] = {
    "de": ("", "Hallo zusammen. ", "Liebes Team, ", "Kurz gesagt: ", "Leider oder zum Glück: "),
    "fr": ("", "Bonjour à tous. ", "Chère équipe, ", "En bref : ", "À mon avis, "),
    "es": ("", "Hola a todos. ", "Estimado equipo, ", "En resumen: ", "En mi opinión, "),
    "pt": ("", "Olá a todos. ", "Prezada equipe, ", "Em resumo: ", "Na minha opinião, "),
}
CORES: dict[tuple[str, str], Slot] = {
    ("de", "negative"): (
        "der Export dauert leider viel zu lange", "die Anwendung stürzt ständig ab",
        "die Einstellungen sind sehr unübersichtlich", "ich finde die Hilfe nicht",
        "die neue Oberfläche gefällt mir gar nicht", "meine Änderungen waren plötzlich weg",
    ),
    ("de", "positive"): (
        "die neue Suche ist wirklich hervorragend", "ich arbeite sehr gerne damit",
        "die Vorlagen sparen uns viel Zeit", "der Kundendienst hat schnell geholfen",
        "die gespeicherten Ansichten sind großartig", "alles läuft schnell und zuverlässig",
    ),
    ("fr", "negative"): (
        "l'exportation est beaucoup trop lente", "l'application plante sans arrêt",
        "les réglages sont difficiles à comprendre", "je ne trouve pas la bonne page d'aide",
        "la nouvelle interface ne me plaît pas du tout", "mes modifications ont disparu",
    ),
    ("fr", "positive"): (
        "la nouvelle recherche est vraiment excellente", "je travaille avec plaisir",
        "les modèles nous font gagner beaucoup de temps", "le service client a vite répondu",
        "les vues enregistrées sont très pratiques", "tout fonctionne bien et rapidement",
    ),
    ("es", "negative"): (
        "la exportación es demasiado lenta", "la aplicación se cierra todo el tiempo",
        "los ajustes son muy difíciles de entender", "no encuentro la página de ayuda",
        "la nueva interfaz no me gusta nada", "mis cambios han desaparecido de repente",
    ),
    ("es", "positive"): (
        "la nueva búsqueda es realmente excelente", "trabajo con mucho gusto",
        "las plantillas nos ahorran mucho tiempo", "el servicio respondió enseguida",
        "las vistas guardadas son muy prácticas", "todo funciona muy bien y rápido",
    ),
    ("pt", "negative"): (
        "a exportação está muito lenta", "o aplicativo fecha o tempo todo",
        "as configurações são muito difíceis de entender", "não encontro a página de ajuda",
        "não gosto nada da nova interface", "as minhas alterações sumiram de repente",
    ),
    ("pt", "positive"): (
        "a nova busca é realmente excelente", "trabalho com muito prazer",
        "os modelos economizam muito tempo", "o atendimento respondeu muito rápido",
        "as visões salvas são muito práticas", "tudo funciona bem e depressa",
    ),
}  # fmt: skip
DETAILS: dict[str, Slot] = {
    "de": (
        ".", ", das sagen auch meine Kollegen.", ", und zwar seit Wochen.", ", jeden Tag wieder.",
        ", vor allem bei großen Projekten.", ", das musste ich einmal sagen.",
    ),
    "fr": (
        ".", ", mes collègues sont du même avis.", ", et cela depuis des semaines.",
        ", surtout pour les grands projets.", ", tous les jours.", ", il fallait le dire.",
    ),
    "es": (
        ".", ", mis compañeros dicen lo mismo.", ", y así desde hace semanas.",
        ", sobre todo en proyectos grandes.", ", todos los días.", ", tenía que decirlo.",
    ),
    "pt": (
        ".", ", os meus colegas dizem o mesmo.", ", e isso há semanas.",
        ", principalmente em projetos grandes.", ", todos os dias.", ", eu precisava dizer isso.",
    ),
}  # fmt: skip
