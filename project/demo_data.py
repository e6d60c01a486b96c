"""Who can sign in to the demonstration intranet."""

#: part in the story, user name, password
LOGINS: list[tuple[str, str, str]] = [
    ("Employee (Amira, repairs)", "amira", "demo"),
    ("Manager (Dan, repairs)", "dan", "demo"),
    ("Change lead (Priya)", "priya", "demo"),
    ("Change agent (Lena, in German)", "lena", "demo"),
    ("Coach (Owen)", "owen", "demo"),
    ("Sponsor (Tom)", "tom", "demo"),
    ("Viewer (Victor, audit)", "victor", "demo"),
    ("Human resources (Ana)", "ana", "demo"),
    ("Site administrator", "admin", "demo"),
]

#: What Django's permissions add to the parts that initiatives give.
PERMISSIONS = {"priya": ["add_initiative"], "ana": ["manage_people"]}
#: Who may open the Django admin.
STAFF = {"ana", "admin"}
