"""German words that say nothing about a topic: articles, pronouns, prepositions, auxiliary verbs, courtesies."""

GERMAN = frozenset(
    """
    aber alle allem allen aller alles als also am an andere anderen anderer anders auch auf aus bald bei
    beim bereits besser beste besten bevor bin bis bisher bitte bitten bleiben bleibt brauche brauchen
    braucht bzw da dabei dadurch dafür daher damals damen damit danach dank dankbar danke dann daran
    darauf darf darum das dass davon dazu dein deine dem den denn der deren des deshalb dessen die dies
    diese diesem diesen dieser dieses diesmal doch dort durch dürfen ebenfalls ein eine einem einen einer
    eines einfach einige einmal endlich er erst es etc etwa etwas euch euer eure falls fast finden frau
    freundlich freundliche freundlichen für gab ganz gar geben geehrte geehrten gegeben gegen gehen geht
    gerade gern gerne gestern gibt gleich gruß grüße grüßen gut guten hab habe haben hallo hat hatte
    hatten herr herren heute hier hätte hätten ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im immer
    in ins ist ja jede jedem jeden jeder jedes jemand jetzt kann kein keine keinem keinen keiner kommen
    kommt können könnte könnten lassen leider liebe lieber machen macht mal man mehr mein meine meinem
    meinen meiner melden mfg mich mir mit moin morgen muss möchte möchten müssen nach nachdem nein nicht
    nichts noch nun nur nächste nächsten ob oder ohne per pro rückmeldung sagen schon schöne schönen sehr
    sei seid seien sein seine seinem seinen seiner seit sich sie sind so sobald sofort solche soll sollen
    sollte sollten sondern sonst sowie steht tag tage tagen team um und uns unser unsere unserem unseren
    unserer unter viel viele vielen vom von vor vorab wann war waren warum was weder weil weiter weiß wenn
    wer werde werden wie wieder will wir wird wo woche wollen worden wurde wurden während wäre wären würde
    würden zb zu zum zur zurück zwar zwischen über
    """.split()  # noqa: SIM905 -- a list of this length is read as a text
)
